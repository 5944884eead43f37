import API
import Core
import Domain
import Ledger
import RPC
import ServiceRuntime

/// Every entry of a span of days, in parts of bounded size: little of them is held at once, however slowly
/// they are read, and no transaction stays open meanwhile.
struct ExportEntries: Sendable {
    let reports: SpendReports
    var rowsPerPageMax = EntryReader.rowsMaxDefault
    var partByteCountMax = EntryExportParts.byteCountMaxDefault

    @Sendable func answer(
        _ request: ExportEntriesRequest, _ writer: RPCWriter<EntryExportPart>, _ call: Call
    ) async throws {
        try await export(request, call) { try await writer.send($0) }
    }

    /// What an export is of, as it stands when it begins.
    private struct Begin: Sendable {
        let window: Range<Instant>
        let lastEntryID: Int64
        let completeness: SpendCompleteness
    }

    /// - Parameter send: Returns once there is room for another part.
    func export(
        _ request: ExportEntriesRequest, _ call: Call,
        to send: (EntryExportPart) async throws -> Void
    ) async throws {
        let span = try DaySpan(from: request.from, through: request.through)
        let filter = try SpendFilter(wire: request.filters)
        let resumed = try EntryExportToken(request)
        let keys = try await call.keys()
        let knownAt = try KnownAt.instant(wire: request.knownAt)
        let begin = try await begin(span, filter, resumed, knownAt: knownAt, keys, call)
        var reader = EntryReader(
            organization: try call.organizationID, window: begin.window,
            lastEntryID: begin.lastEntryID, recordedThrough: knownAt, keys: keys,
            rowsMax: rowsPerPageMax)
        var next: EntryReader.Place? = resumed?.place ?? EntryReader.start
        var sums = EntrySums()
        while let place = next {
            // The transaction may be tried again, and then begins with the same reader.
            let read = try await call.snapshot { [reader] transaction in
                var reader = reader
                return (page: try await reader.page(from: place, in: transaction), reader: reader)
            }
            reader = read.reader
            next = read.page.next
            let passing = read.page.entries.filter { filter.passes($0.dimensions) }
            for part in EntryExportParts(passing, byteCountMax: partByteCountMax) {
                for entry in part { try sums.add(entry) }
                guard let last = part.last else { continue }
                let token = EntryExportToken(
                    lastEntryID: begin.lastEntryID, place: last.place, request)
                try await send(
                    EntryExportPart(
                        part: .entries(
                            ExportedEntries(
                                entries: part.map { ExportedEntry($0) }, after: token.text))))
            }
        }
        try await send(
            EntryExportPart(
                part: .end(
                    EntryExportEnd(
                        entryCount: sums.count, sums: sums.messages,
                        completeness: API.Completeness(begin.completeness)))))
    }

    private func begin(
        _ span: DaySpan, _ filter: SpendFilter, _ resumed: EntryExportToken?, knownAt: Instant?,
        _ keys: OrganizationKeys, _ call: Call
    ) async throws -> Begin {
        let organization = try call.organizationID
        let now = call.clock.now
        let reader = reports.reader
        return try await call.snapshot { transaction in
            let settings = try await ReportingSettings.read(of: organization, in: transaction)
            let window = span.bounds(in: settings.zone)
            let last = try await EntryReader.lastEntryID(of: organization, in: transaction)
            let report =
                if let knownAt {
                    try await reader.spend(
                        transaction, organization: organization, keys: keys,
                        from: window.lowerBound, through: window.upperBound, by: [window],
                        basis: .metered, knownAt: knownAt, now: now)
                } else {
                    try await reader.spend(
                        transaction, organization: organization, keys: keys,
                        from: window.lowerBound, through: window.upperBound, by: [window],
                        basis: .metered, isRepeatable: true, now: now)
                }
            return Begin(
                window: window, lastEntryID: resumed?.lastEntryID ?? last,
                completeness: report.filtered { filter.passes($0.dimensions) }.completeness)
        }
    }
}
