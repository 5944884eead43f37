import API

/// The keys of a file of connections, each to be tried at its provider before anything is imported.
struct ConnectionFileKeys {
    private struct Key {
        let line: Int
        let provider: Provider
        let text: String
        /// What the connection will be the record of.
        let record: RecordOf
        /// The account that the connection reads, as far as it is known.
        let accountID: String?
    }

    /// One key of one provider is asked for once, whichever rows have it.
    private struct Question: Hashable {
        let provider: Provider
        let key: String
    }

    private let keys: [Key]
    private let name: String

    /// - Parameters:
    ///   - name: of the file.
    ///   - existing: the organization's connections.
    init(_ file: ConnectionFile, name: String, existing: [Connection]) {
        self.name = name
        let known = Dictionary(
            existing.map { ($0.displayName, $0) }, uniquingKeysWith: { first, _ in first })
        keys = file.rows.compactMap { line in
            let (row, stored) = (line.row, known[line.row.displayName])
            let provider = row.provider == .unspecified ? stored?.provider : row.provider
            // Where nobody says whose key it is, the import refuses the row.
            guard !row.apiKey.isEmpty, let provider else { return nil }
            let keepsRecord = stored != nil && !file.updateMask.contains("record_of")
            return Key(
                line: line.number, provider: provider, text: row.apiKey,
                record: keepsRecord ? stored?.recordOf ?? .both : row.recordOf,
                accountID: stored?.account?.id)
        }
    }

    /// How many rows have a key.
    var count: Int { keys.count }

    /// Asks for one key after the other, as a server tests few at once.
    /// - Returns: what keeps a row's key from doing, in the order of the rows, with the line; no key stands in it.
    func problems(
        _ ask: (TestConnectionRequest) async throws -> TestConnectionResponse
    ) async throws -> [String] {
        var answers: [Question: TestConnectionResponse] = [:]
        var problems: [String] = []
        for key in keys {
            let question = Question(provider: key.provider, key: key.text)
            let answer: TestConnectionResponse
            if let known = answers[question] {
                answer = known
            } else {
                answer = try await ask(
                    TestConnectionRequest(provider: key.provider, apiKey: key.text))
                answers[question] = answer
            }
            guard let problem = Self.problem(of: key, answer) else { continue }
            problems.append("\(name) line \(key.line): \(problem)")
        }
        return problems
    }

    /// The first permission that its record needs and the key has not, those that are refused before those that were not
    /// answered; or that it is of another account.
    private static func problem(of key: Key, _ answer: TestConnectionResponse) -> String? {
        let needed = answer.permissions.filter { finding in
            switch finding.permission {
            case .usage: key.record != .billing
            case .costs: key.record != .attribution
            default: false
            }
        }
        let obstacle =
            needed.first { $0.state == .refused } ?? needed.first { $0.state != .granted }
        if let obstacle { return "\(Table.printable(obstacle.message)) (\(obstacle.reason))" }
        guard let own = key.accountID, let told = answer.account?.id, own != told else {
            return nil
        }
        return "The key is of another account than the connection. (KEY_OF_ANOTHER_ACCOUNT)"
    }
}
