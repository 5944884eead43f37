import API
import Core
import Domain
import Encryption
import Postgres
import RPC
import ServiceRuntime

extension Service {
    /// Sends every row of every table that the caller's organization has, as they are at one instant,
    /// in parts of bounded size: however large the organization, little of it is held at once.
    ///
    /// One at a time, a few of a server, and for so long: what it reads from stays in the database until
    /// it has ended.
    func exportOrganization(
        _ request: ExportOrganizationRequest, _ writer: RPCWriter<OrganizationExportPart>,
        _ call: Call
    ) async throws {
        try await exportSlots.taking { try await export(to: writer, call) }
    }

    private func export(to writer: RPCWriter<OrganizationExportPart>, _ call: Call) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            let watch = ExportWatch(exportPace)
            group.addTask { try await send(to: writer, watch, call) }
            group.addTask { try await watch.failWhereTooSlow() }
            group.addTask {
                try await Task.sleep(for: .seconds(exportSecondsMax))
                throw ServiceError(
                    .deadlineExceeded, "EXPORT_TOO_LONG",
                    "The export took longer than the \(exportSecondsMax) seconds that it may, and "
                        + "is not whole. Read it faster, or ask who runs this platform for more "
                        + "time (TALLY_EXPORT_SECONDS_MAX).")
            }
            try await group.next()
        }
    }

    private func send(
        to writer: RPCWriter<OrganizationExportPart>, _ watch: ExportWatch, _ call: Call
    ) async throws {
        let id = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keys()
        // Read only: it loses against nobody, and so is never begun again after it has sent something.
        try await call.snapshot { transaction in
            guard try await transaction.first(TryLockExport(organization: id)) == true else {
                throw ServiceError(
                    .resourceExhausted, "EXPORT_UNDER_WAY",
                    "The organization is being exported already. Wait until that has ended.",
                    retryAfter: .seconds(60))
            }
            guard let organization = try await transaction.first(SelectOrganization(id: id)) else {
                throw StoredOrganization.notFound
            }
            let manifest = ExportManifest(
                organization: organization.message(terms), exportTime: Timestamp(now),
                tables: ExportedTable.all.map(\.message))
            try await watch.passing(byteCount: 0) {
                try await writer.send(OrganizationExportPart(part: .manifest(manifest)))
            }
            for table in ExportedTable.all {
                try await send(table, of: id, keys, to: writer, watch, in: transaction)
            }
        }
    }

    private func send(
        _ table: ExportedTable, of organization: OrganizationID, _ keys: OrganizationKeys,
        to writer: RPCWriter<OrganizationExportPart>, _ watch: ExportWatch,
        in transaction: PostgresTransaction
    ) async throws {
        var hasher = try SHA256Hasher()
        var count: Int64 = 0
        var page = ExportPage(limitMax: table.rowsAtOnceMax)
        while true {
            let found = try await transaction.run(
                SelectExportRows(
                    organization: organization, table: table, after: page.lastKey,
                    limit: page.limit))
            let rows = try found.map { try ExportedRow($0, of: table, keys) }
            for row in rows { try hasher.update(Array((row.content + "\n").utf8)) }
            count += Int64(rows.count)
            for part in ExportPage.parts(rows.map(\.content)) {
                let byteCount = part.reduce(0) { $0 + $1.utf8.count }
                try await watch.passing(byteCount: byteCount) {
                    try await writer.send(
                        OrganizationExportPart(
                            part: .rows(ExportRows(table: table.name, rows: part))))
                }
            }
            guard page.follow(rows) else { break }
        }
        let end = ExportTableEnd(
            table: table.name, rowCount: count, sha256: try hasher.finish())
        try await watch.passing(byteCount: 0) {
            try await writer.send(OrganizationExportPart(part: .tableEnd(end)))
        }
    }
}
