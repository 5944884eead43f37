import API
import Core
import Domain
import Encryption

/// Recomputes the chain of an audit log, row by row from its first, trusting nobody's hashes.
struct AuditVerification {
    /// Where a log ends, as people keep it: `1204:9f86d081…`.
    struct End: Equatable {
        var sequence: Int64
        var hash: [UInt8]

        init(sequence: Int64, hash: [UInt8]) {
            self.sequence = sequence
            self.hash = hash
        }

        /// Nil for anything but what `text` gives.
        init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0,
                parts[1].utf8.count == 2 * Domain.AuditRecord.hashByteCount
            else { return nil }
            var hash: [UInt8] = []
            var digits = parts[1][...]
            while let byte = UInt8(digits.prefix(2), radix: 16) {
                hash.append(byte)
                digits = digits.dropFirst(2)
            }
            guard digits.isEmpty else { return nil }
            self.init(sequence: sequence, hash: hash)
        }

        var text: String { "\(sequence):\(hash.hexDigits)" }
    }

    /// The last row so far.
    private(set) var end = End(sequence: 0, hash: Domain.AuditRecord.firstPreviousHash)
    /// Rows whose personal fields were destroyed with their key.
    private(set) var destroyedCount = 0
    private var organizationID: String?
    /// An end that was seen before, which must be one that the chain passes.
    private let known: End?
    private var hasPassedKnown: Bool

    init(known: End? = nil) {
        self.known = known
        hasPassedKnown = known == nil || known?.sequence == 0
    }

    /// Checks the next row.
    /// - Throws: `Failure` where it does not follow the one before, or is not what was hashed.
    mutating func add(_ record: API.AuditRecord) throws {
        guard record.sequence == end.sequence + 1 else {
            throw Failure(
                "Row \(end.sequence + 1) is missing: row \(record.sequence) follows row "
                    + "\(end.sequence).", remedy: Self.remedy)
        }
        if let organizationID, organizationID != record.organizationID {
            throw Failure(
                "Row \(record.sequence) is of another organization.", remedy: Self.remedy)
        }
        organizationID = record.organizationID
        guard record.previousHash == end.hash else {
            throw Failure(
                "Row \(record.sequence) does not follow row \(end.sequence): one of them was "
                    + "replaced.", remedy: Self.remedy)
        }
        try checkPersonalFields(record)
        let hash = try SHA256.digest(try Domain.AuditRecord(wire: record).chainBytes)
        guard hash == record.hash else {
            throw Failure(
                "Row \(record.sequence) was altered: its hash is not that of what it says.",
                remedy: Self.remedy)
        }
        end = End(sequence: record.sequence, hash: hash)
        guard let known, known.sequence == end.sequence else { return }
        guard known == end else {
            throw Failure(
                "The log up to row \(known.sequence) is not the one that you know.",
                remedy: Self.remedy)
        }
        hasPassedKnown = true
    }

    /// The row's hash covers theirs, and theirs covers them.
    private mutating func checkPersonalFields(_ record: API.AuditRecord) throws {
        switch record.personalFields {
        case .destroyed:
            guard record.isWithoutPersonalFields else { break }
            destroyedCount += 1
            return
        case .notKept:
            guard record.isWithoutPersonalFields,
                try record.personalHash == SHA256.digest(AuditPersonalFields.notKept)
            else { break }
            return
        case .unreadable: break
        default:
            let hash = try SHA256.digest(AuditPersonalFields(wire: record).bytes)
            guard hash != record.personalHash else { return }
        }
        throw Failure(
            "Row \(record.sequence) was altered: what it says of people is not what was hashed.",
            remedy: Self.remedy)
    }

    /// Checks the end.
    /// - Parameter head: What the server says of the end, before the rows were read; nil for a file.
    func finish(head: AuditHead?) throws {
        if let head {
            guard head.sealed else {
                throw Failure(
                    "The end of the log is not the one that a server wrote: rows after row "
                        + "\(end.sequence) may be missing.", remedy: Self.remedy)
            }
            guard End(sequence: head.sequence, hash: head.hash) == end else {
                throw Failure(
                    "The log ends at row \(head.sequence), but row \(end.sequence) is the last "
                        + "one that was sent.", remedy: Self.remedy)
            }
        }
        guard hasPassedKnown else {
            throw Failure(
                "The log ends at row \(end.sequence), before row \(known?.sequence ?? 0) that you "
                    + "know.", remedy: Self.remedy)
        }
    }

    private static let remedy =
        "Keep the database and its backups as they are, compare the log with an export of it "
        + "(tally audit export), and tell your security officer."
}

extension API.AuditRecord {
    fileprivate var isWithoutPersonalFields: Bool {
        personalSalt.isEmpty
            && [onBehalfOf, beforeJson, afterJson, peerAddress, peerSubject].allSatisfy(\.isEmpty)
    }
}
