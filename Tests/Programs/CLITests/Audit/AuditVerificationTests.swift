import API
import Core
import Domain
import Encryption
import Testing

@testable import CLI

@Suite struct AuditVerificationTests {
    /// A log of so many rows, as a server sends it.
    private func log(_ count: Int64) throws -> [API.AuditRecord] {
        var previous = Domain.AuditRecord.firstPreviousHash
        return try (1...count).map { sequence in
            var record = API.AuditRecord(
                organizationID: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b3", sequence: sequence,
                id: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b4",
                recordTime: Timestamp(Instant(microseconds: 1_795_264_496_123_456)),
                tokenID: "abcdefghijklmnop", roles: "owner", onBehalfOf: "zoë@acme.example",
                method: "tally.v1.TenantService/CreateMember", objectType: "member",
                objectID: "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b5",
                afterJson: #"{"email":"jo@acme.example"}"#, peerAddress: "192.0.2.7",
                traceID: "4bf92f3577b34da6a3ce929d0e0e4736", previousHash: previous,
                personalSalt: Array(0..<16), personalFields: .readable)
            try hash(&record)
            previous = record.hash
            return record
        }
    }

    /// As whoever writes rows and has no key could do it too.
    private func hash(_ record: inout API.AuditRecord) throws {
        if record.personalFields == .readable {
            record.personalHash = try SHA256.digest(AuditPersonalFields(wire: record).bytes)
        }
        record.hash = try SHA256.digest(Domain.AuditRecord(wire: record).chainBytes)
    }

    private func head(_ log: [API.AuditRecord], isSealed: Bool = true) -> AuditHead {
        AuditHead(
            sequence: log.last?.sequence ?? 0,
            hash: log.last?.hash ?? Domain.AuditRecord.firstPreviousHash, sealed: isSealed)
    }

    /// What verifying says of a log; "" where it is whole.
    private func problem(
        _ log: [API.AuditRecord], head: AuditHead? = nil, known: String? = nil
    ) -> String {
        var verification = AuditVerification(known: known.flatMap { .init($0) })
        do {
            for record in log { try verification.add(record) }
            try verification.finish(head: head)
            return ""
        } catch {
            return (error as? Failure)?.problem ?? "\(error)"
        }
    }

    @Test func aWholeLogIsToldToPeopleAndPrograms() throws {
        var verification = AuditVerification()
        for record in try log(3) { try verification.add(record) }
        let end = verification.end.text
        #expect(verification.text == "3 rows are whole. The log ends at:\n\(end)")
        #expect(
            verification.json.text()
                == #"{"row_count":3,"destroyed_row_count":0,"end":"\#(end)"}"#)
        #expect(verification.rows[1] == ["3", "0", end])
    }

    /// The digest was computed by Python's hashlib from the description in tenant.proto.
    @Test func chainIsTheOneOfTheContract() throws {
        let digest = "e531376e0750f74dbc2f981e44ab07223897dcce8dda7f9af6db93dfb4d5bb27"
        var verification = AuditVerification()
        try verification.add(try #require(try log(1).first))
        #expect(verification.end.text == "1:\(digest)")
    }

    @Test func wholeLogIsWhole() throws {
        let log = try log(7)
        #expect(problem(log, head: head(log)) == "")
        #expect(problem([], head: head([])) == "")
        #expect(problem(log) == "")
    }

    @Test func alteredRowIsFound() throws {
        var log = try log(7)
        log[3].afterJson = #"{"email":"mallory@acme.example"}"#
        #expect(problem(log, head: head(log)).contains("Row 4 was altered"))
        log[3].personalHash = try SHA256.digest(AuditPersonalFields(wire: log[3]).bytes)
        #expect(problem(log, head: head(log)).contains("Row 4 was altered"))
        try hash(&log[3])
        #expect(problem(log, head: head(log)).contains("Row 5 does not follow row 4"))
    }

    /// A log whose key was destroyed is as whole as it was; what is left out otherwise is missed.
    @Test func destroyedFieldsLeaveTheChainWhole() throws {
        var destroyed = try log(7)
        let whole = head(destroyed)
        for index in destroyed.indices {
            destroyed[index].personalFields = .destroyed
            destroyed[index].personalSalt = []
            destroyed[index].onBehalfOf = ""
            destroyed[index].afterJson = ""
            destroyed[index].peerAddress = ""
        }
        #expect(problem(destroyed, head: whole) == "")
        var verification = AuditVerification()
        for record in destroyed { try verification.add(record) }
        #expect(verification.destroyedCount == 7)

        var altered = destroyed
        altered[2].afterJson = "{}"
        #expect(problem(altered, head: whole).contains("Row 3 was altered"))
        altered = destroyed
        altered[2].personalHash[0] ^= 1
        #expect(problem(altered, head: whole).contains("Row 3 was altered"))
        altered = destroyed
        altered[2].personalFields = .unreadable
        #expect(problem(altered, head: whole).contains("Row 3 was altered"))
        altered[2].personalFields = .readable
        #expect(problem(altered, head: whole).contains("Row 3 was altered"))
    }

    /// Rows of both versions make one chain; of the newer ones, whom they are found by is hashed.
    @Test func rowsOfBothVersionsMakeOneChain() throws {
        var log = try log(7)
        for index in log.indices {
            if index > 0 { log[index].previousHash = log[index - 1].hash }
            log[index].onBehalfOfKey = [UInt8](repeating: UInt8(index), count: 32)
            log[index].chainVersion = index < 3 ? Int32(index) : 3
            if index == 1 { log[index].chainVersion = 2 }
            try hash(&log[index])
        }
        let whole = head(log)
        #expect(problem(log, head: whole) == "")
        for index in 3..<7 {
            var hidden = log
            hidden[index].onBehalfOfKey = []
            #expect(problem(hidden, head: whole).contains("Row \(index + 1) was altered"))
            hidden = log
            hidden[index].chainVersion = 2
            #expect(problem(hidden, head: whole).contains("Row \(index + 1) was altered"))
        }
    }

    /// A row that never had its personal fields says so under its hash, and no other may say it.
    @Test func fieldsThatWereNotKeptAreNotTakenAway() throws {
        var log = try log(3)
        let whole = head(log)
        var hidden = log
        hidden[1].personalFields = .notKept
        hidden[1].personalSalt = []
        hidden[1].onBehalfOf = ""
        hidden[1].afterJson = ""
        hidden[1].peerAddress = ""
        #expect(problem(hidden, head: whole).contains("Row 2 was altered"))
        hidden[1].personalHash = try SHA256.digest(AuditPersonalFields.notKept)
        #expect(problem(hidden, head: whole).contains("Row 2 was altered"))
        try hash(&hidden[1])
        log[1] = hidden[1]
        log[2].previousHash = log[1].hash
        try hash(&log[2])
        #expect(problem(log, head: head(log)) == "")
        log[1].afterJson = "{}"
        #expect(problem(log).contains("Row 2 was altered"))
    }

    @Test func removedAndSwappedRowsAreFound() throws {
        let log = try log(7)
        for index in 0..<6 {
            var fewer = log
            fewer.remove(at: index)
            #expect(problem(fewer, head: head(log)).contains("Row \(index + 1) is missing"))
        }
        var swapped = log
        swapped.swapAt(2, 3)
        #expect(problem(swapped, head: head(log)).contains("Row 3 is missing"))
        #expect(problem(Array(log.dropLast()), head: head(log)).contains("ends at row 7"))
    }

    @Test func rowOfAnotherOrganizationIsFound() throws {
        var log = try log(2)
        log[1].organizationID = "0192f0c1-2d3e-7a4b-8c5d-6e7f8091a2b9"
        try hash(&log[1])
        #expect(problem(log, head: head(log)).contains("another organization"))
    }

    @Test func endThatWasNotSealedIsFound() throws {
        let log = try log(3)
        #expect(
            problem(log, head: head(log, isSealed: false)).contains("not the one that a server"))
    }

    /// Another log from its beginning, sealed by whoever had the key, does not pass a known end.
    @Test func knownEndMustBePassed() throws {
        let log = try log(5)
        let known = AuditVerification.End(sequence: 3, hash: log[2].hash).text
        #expect(problem(log, head: head(log), known: known) == "")
        let short = Array(log.prefix(2))
        #expect(problem(short, head: head(short), known: known).contains("before row 3"))
        var other = log
        other[0].tokenID = "zzzzzzzzzzzzzzzz"
        for index in other.indices {
            if index > 0 { other[index].previousHash = other[index - 1].hash }
            try hash(&other[index])
        }
        #expect(problem(other, head: head(other)) == "")
        #expect(problem(other, head: head(other), known: known).contains("not the one that you"))
    }

    @Test(arguments: ["", "1", "1:", "x:00", "1:zz", "-1:\(String(repeating: "0", count: 64))"])
    func endsThatAreNoneAreRefused(text: String) {
        #expect(AuditVerification.End(text) == nil)
    }
}
