extension UnitHistory {
    /// Whether a unit is, on a day, one of some units or stands below one of them. Ended ones stand
    /// where they stood last; one that does not exist yet stands nowhere.
    /// - Parameter units: few, so looking through them is as fast as anything.
    package func stands(
        _ code: BusinessUnitCode, inside units: [BusinessUnitCode], on day: CivilDate
    ) -> Bool {
        var next: BusinessUnitCode? = code
        // Trees are not deeper; rows that no server of ours writes end the walk as well.
        for _ in 0..<Self.levelCountMax + 1 {
            guard let unit = next, let details = details(of: unit, on: day) else { return false }
            if units.contains(unit) { return true }
            next = details.parent
        }
        return false
    }
}
