import FoundationEssentials

/// What a server was filled with.
struct Filling: Codable {
    var operatorToken: String
    /// Of each small organization, its owner's token.
    var smallTokens: [String] = []
    /// Page of organizations that begins in the middle of all.
    var middlePage = ""
    /// The organization that has as much as all others together.
    var large = Organization()
    /// One of the small ones.
    var small = Organization()

    struct Organization: Codable {
        var token = ""
        var memberID = ""
        var tokenID = ""
    }

    static func load(_ path: String) throws -> Filling {
        try JSONDecoder().decode(Filling.self, from: Data(contentsOf: URL(filePath: path)))
    }

    func save(_ path: String) throws {
        try JSONEncoder().encode(self).write(to: URL(filePath: path))
    }
}
