extension OpenAINames {
    /// Pages of projects that are looked through: a thousand of them.
    private static let oldestPagesMax = 10

    /// The id of the oldest project, which stands for the organization: no two have one of the same id, none is
    /// ever older, and one that is not used any more is archived and listed still. Nil where there is none, or
    /// there are too many to tell.
    /// - Parameter beforeEach: waits until the next page may be asked for.
    func oldestProject(_ beforeEach: () async throws -> Void) async throws -> String? {
        var oldest: (createdAt: Int64, id: String)?
        var after: String?
        for _ in 0..<Self.oldestPagesMax {
            try await beforeEach()
            let page = try ResponseCheck.report(
                try await projectList(after: after, limit: Self.perPage, archivedToo: true))
            let items = try page.required("data").elements()
            for item in items {
                let project = (
                    createdAt: try item.required("created_at").count(),
                    id: try item.required("id").text()
                )
                // Two of one second in the order of their ids, whatever order they are listed in.
                if let known = oldest, known < project { continue }
                oldest = project
            }
            guard try page.optional("has_more")?.bool() ?? false else { return oldest?.id }
            guard let last = items.last else { return nil }
            after = try last.required("id").text()
        }
        return nil
    }
}
