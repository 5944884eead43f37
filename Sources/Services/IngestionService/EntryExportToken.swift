import API
import Core
import Ledger
import ServiceRuntime
import Wire

/// Where an export goes on that was broken off: with the entries that were there when it began, behind the
/// last that came.
struct EntryExportToken: Hashable, Sendable {
    /// Number of the last entry that the export has.
    let lastEntryID: Int64
    let place: EntryReader.Place
    /// Of the days and filters: another export has other entries there.
    private let requestHash: UInt64

    init(lastEntryID: Int64, place: EntryReader.Place, _ request: ExportEntriesRequest) {
        self.lastEntryID = lastEntryID
        self.place = place
        requestHash = Self.hash(of: request)
    }

    /// That of a request; nil where it begins from the beginning.
    /// - Throws: `PAGE_TOKEN_INVALID` where it is none of the request's days and filters.
    init?(_ request: ExportEntriesRequest) throws(ServiceError) {
        guard !request.after.isEmpty else { return nil }
        guard let key = try? PageToken(request.after, of: .entryExports).key,
            let (last, place, hash) = Self.read(key), hash == Self.hash(of: request)
        else {
            throw ServiceError(
                .invalidArgument, "PAGE_TOKEN_INVALID", field: "after",
                "This is no token of an export of these days and filters. Take after of the last "
                    + "part as it was, or leave it empty to start over.")
        }
        lastEntryID = last
        self.place = place
        requestHash = hash
    }

    var text: String {
        let parts: [any CustomStringConvertible] =
            switch place {
            case .block(let block, let entry): ["block", block, entry]
            case .rows(let time, let entry): ["rows", time.microseconds, entry]
            }
        let all = [lastEntryID, requestHash] as [any CustomStringConvertible] + parts
        return PageToken(.entryExports, after: all.map(\.description).joined(separator: "/")).text
    }

    private static func read(_ key: String) -> (Int64, EntryReader.Place, UInt64)? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 5, let last = Int64(parts[0]), let hash = UInt64(parts[1]),
            let first = Int64(parts[3]), let entry = Int64(parts[4])
        else { return nil }
        switch parts[2] {
        case "block": return (last, .block(first, afterEntry: entry), hash)
        case "rows":
            let time = Instant(microseconds: first)
            guard Instant.calendarRange.contains(time) else { return nil }
            return (last, .rows(after: time, entry: entry), hash)
        default: return nil
        }
    }

    /// FNV-1a of 64 bits: finds mistakes. It need not stop forgers, who only see their own entries.
    private static func hash(of request: ExportEntriesRequest) -> UInt64 {
        var request = request
        request.after = ""
        return request.serialized().reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
    }
}

extension PageToken.List {
    static let entryExports = Self(number: 11)
}
