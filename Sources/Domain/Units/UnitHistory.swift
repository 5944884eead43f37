/// An organization's business units on every day: each unit's versions in the order of their days.
///
/// A value without I/O. It takes changes as they come; whether they leave a tree on every day is
/// for `fault(from:)` to say.
package struct UnitHistory: Equatable, Sendable {
    /// By code. Each has one version at least, ordered by day, one a day.
    package private(set) var versions: [BusinessUnitCode: [UnitVersion]] = [:]

    /// What begins here has always been so: no figure is older.
    package static let beginning = CivilDate(dayNumber: 0)

    package init() {}

    /// - Parameter rows: ordered by day within each unit.
    package init(_ rows: some Sequence<(code: BusinessUnitCode, version: UnitVersion)>) {
        for row in rows { versions[row.code, default: []].append(row.version) }
    }

    /// What a unit is on a day; nil before its first.
    package func details(of code: BusinessUnitCode, on day: CivilDate) -> UnitDetails? {
        guard let versions = versions[code], let index = Self.index(in: versions, on: day) else {
            return nil
        }
        return versions[index].details
    }

    /// Whether a unit answers for spend on a day.
    package func isActive(_ code: BusinessUnitCode, on day: CivilDate) -> Bool {
        details(of: code, on: day)?.status == .active
    }

    package func firstDay(of code: BusinessUnitCode) -> CivilDate? {
        versions[code]?.first?.day
    }

    /// Position of the version that holds on a day; nil before the first.
    package static func index(in versions: [UnitVersion], on day: CivilDate) -> Int? {
        var low = 0
        var high = versions.count
        while low < high {
            let middle = (low + high) / 2
            if versions[middle].day <= day { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    // MARK: - Changing

    /// Adds a unit that there was not.
    package mutating func begin(
        _ code: BusinessUnitCode, _ details: UnitDetails, from day: CivilDate
    ) {
        versions[code] = [UnitVersion(day: day, details: details)]
    }

    /// Changes details from a day on, on which the unit must exist; days before it stay untouched.
    ///
    /// Each detail keeps its new value up to the day, if any, on which it was going to change
    /// anyway: what was planned for it stays planned.
    package mutating func change(
        _ code: BusinessUnitCode, from day: CivilDate, _ change: UnitChange
    ) {
        guard var changed = versions[code], let index = Self.index(in: changed, on: day) else {
            return
        }
        let before = changed[index].details
        var first = index
        if changed[index].day < day {
            first += 1
            changed.insert(UnitVersion(day: day, details: before), at: first)
        }
        Self.set(\.displayName, change.displayName, in: &changed, from: first)
        Self.set(\.parent, change.parent, in: &changed, from: first)
        Self.set(\.ownerEmail, change.ownerEmail, in: &changed, from: first)
        Self.set(\.kind, change.kind, in: &changed, from: first)
        Self.set(\.costCenterCode, change.costCenterCode, in: &changed, from: first)
        Self.set(\.status, change.status, in: &changed, from: first)
        // A day on which nothing changes is no version.
        if first > index, changed[first].details == before { return }
        versions[code] = changed
    }

    private static func set<Value: Equatable>(
        _ detail: WritableKeyPath<UnitDetails, Value>, _ value: Value?,
        in versions: inout [UnitVersion], from first: Int
    ) {
        guard let value else { return }
        let before = versions[first].details[keyPath: detail]
        for index in first..<versions.count {
            guard versions[index].details[keyPath: detail] == before else { return }
            versions[index].details[keyPath: detail] = value
        }
    }

    /// The versions that `other` does not have, by code and day.
    package func versions(
        notIn other: UnitHistory
    ) -> [(code: BusinessUnitCode, version: UnitVersion)] {
        var found: [(code: BusinessUnitCode, version: UnitVersion)] = []
        for (code, versions) in versions.sorted(by: { $0.key < $1.key }) {
            let known = other.versions[code] ?? []
            if known == versions { continue }
            let knownDays = Dictionary(
                known.map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
            for version in versions where knownDays[version.day] != version {
                found.append((code, version))
            }
        }
        return found
    }
}
