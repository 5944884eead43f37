import API
import Foundation
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// What people and programs write in reads, in streams, and in words that a careless reader would obey.
extension HostileTextTests {
    /// Text that is somebody's language: SQL, HTML, spreadsheets, templates, patterns; and text that those who
    /// compare, cut or fold it get wrong. Nothing in it is forbidden.
    private static let words: [(name: String, text: String)] = [
        ("a quote", "x' OR '1'='1"), ("a statement", "x'); DROP TABLE tokens; --"),
        ("a dollar quote", "$$; SELECT version(); $$"), ("a parameter", "$1 OR TRUE"),
        ("a wildcard", "%"), ("a pattern", #"%_\*.?[a-z]+(x|y)$"#), ("a null", "NULL"),
        ("escapes", #"\x00\u0000\0\n"#),
        ("HTML", "<script>alert(1)</script>&amp;"), ("a formula", "=1+cmd|' /C calc'!A0"),
        ("a cell", #""a",b;c"#), ("a template", "${jndi:ldap://x}{{7*7}}%s%n"),
        ("JSON", #"{"a":["b"]}"#), ("a path", "../../etc/passwd"),
        ("right-to-left letters", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"), ("a joined emoji", "👩🏽‍🚀"),
        ("a decomposed letter", "e\u{301}"), ("a letter that grows", "ß\u{130}\u{FB01}"),
    ]

    /// A clear error, or the answer that any other unknown text gets: nobody's text is a part of what the
    /// database is asked. Nothing changes.
    @Test func hostileTextInReadsIsTextOrRefused() async throws {
        try await IsolationBench.with(.both) { bench in
            var (tried, answered) = (0, 0)
            let before = try await bench.rows(of: bench.ours)
            for method in bench.methods where method.idempotency == .noSideEffects {
                let plain = try await Self.outcomes(
                    of: method, ["nobody-has-this"], number: 0, bench)
                for (index, (name, text)) in (Self.texts + Self.words).enumerated() {
                    for (path, outcome) in try await Self.outcomes(
                        of: method, [text], number: 0, bench)
                    {
                        tried += 1
                        let place = "\(name) in \(method.fullName) \(path)"
                        guard case .answers(let answers) = outcome else {
                            // Of words that name something only all together, another one may be told.
                            let isWord = index >= Self.texts.count
                            Self.expectClear(
                                outcome, place, field: isWord ? "" : Self.field(at: path))
                            continue
                        }
                        answered += 1
                        #expect(
                            outcome == plain[path] || Self.hold(answers, text),
                            "\(place) is answered otherwise than text that nobody has")
                    }
                }
            }
            #expect(try await bench.rows(of: bench.ours) == before)
            #expect(tried > 1000 && answered > 100)
        }
    }

    /// Of each event by itself, and the stream goes on to its end.
    @Test func hostileTextInStreamsIsRefusedEventByEvent() async throws {
        try await IsolationBench.with(.both) { bench in
            var tried = 0
            for (index, method) in bench.writes.enumerated() where method.kind != .unary {
                let before = try await bench.rows(of: bench.ours)
                for (name, text) in Self.texts {
                    for (path, outcome) in try await Self.outcomes(
                        of: method, [text], number: 10_000 * (index + 1), bench)
                    {
                        tried += 1
                        Self.expectRefusal(
                            outcome, "\(name) in \(method.fullName) \(path)", method,
                            field: Self.field(at: path))
                    }
                }
                #expect(try await bench.rows(of: bench.ours) == before, "\(method.fullName)")
            }
            #expect(tried > 100)
        }
    }

    /// What is nobody's mistake is kept as it was written, to the byte, and does nothing else: it comes back in the
    /// answer, or in what the organization takes along.
    @Test func wordsOfOtherLanguagesComeBackIntact() async throws {
        try await IsolationBench.with(.both) { bench in
            let theirs = try await bench.rows(of: bench.theirs)
            var taken: [(place: String, text: String)] = []
            for (index, method) in bench.writes.enumerated() {
                for (number, (name, text)) in Self.words.enumerated() {
                    let variants = try bench.factory.disfigured(
                        method, things: bench.ours.things, texts: [text],
                        number: 100_000 * (index + 1) + 1000 * number)
                    for variant in variants {
                        guard
                            (try? bench.schema.encode(variant.request, as: method.requestType))
                                != nil
                        else { continue }
                        let outcome = try await bench.call(
                            method, variant.request, by: bench.ours)
                        let place = "\(name) in \(method.fullName) \(variant.path)"
                        switch outcome {
                        case .refusal:
                            // A name that a call before has given is taken.
                            Self.expectClear(outcome, place, field: "", also: .alreadyExists)
                        case .answers(let answers):
                            let field = Self.field(at: variant.path)
                            if Self.rejectsAll(method, answers) || Self.hold(answers, text)
                                || Self.neverShown.contains(field)
                            {
                                continue
                            }
                            taken.append((place, text))
                        }
                    }
                }
            }
            #expect(taken.count > 100)
            let kept = try await Self.exported(bench.ours)
            for (place, text) in taken {
                #expect(kept.contains { $0.contains(text) }, "\(place) is lost or altered")
            }
            #expect(try await bench.rows(of: bench.theirs) == theirs)
        }
    }

    /// Bytes that are no text, which no client library writes, in every text of every method.
    @Test func bytesThatAreNoTextAreRefused() async throws {
        let stand = "qqzzqqzz"
        let malformed: [(name: String, bytes: [UInt8])] = [
            ("an overlong slash", [0x61, 0xC0, 0xAF, 0x62, 0x63, 0x64, 0x65, 0x66]),
            ("a surrogate", [0x61, 0xED, 0xA0, 0x80, 0x63, 0x64, 0x65, 0x66]),
            ("a cut character", [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0xE2, 0x82]),
            ("a byte that never is", [0x61, 0x62, 0xFF, 0x63, 0x64, 0x65, 0x66, 0x67]),
            ("a zero byte", [0x61, 0x62, 0x00, 0x63, 0x64, 0x65, 0x66, 0x67]),
        ]
        try await IsolationBench.with(.both) { bench in
            var tried = 0
            let before = try await bench.rows(of: bench.ours)
            for (index, method) in bench.methods.enumerated() {
                let variants = try bench.factory.disfigured(
                    method, things: bench.ours.things, texts: [stand], number: 1000 * (index + 1))
                for variant in variants {
                    guard
                        let encoded = try? bench.schema.encode(
                            variant.request, as: method.requestType),
                        let place = encoded.firstRange(of: Array(stand.utf8))
                    else { continue }
                    for (name, bytes) in malformed {
                        var request = encoded
                        request.replaceSubrange(place, with: bytes)
                        tried += 1
                        let outcome = try await bench.callAsAllowed(method, request)
                        Self.expectClear(
                            outcome, "\(name) in \(method.fullName) \(variant.path)", field: "")
                    }
                }
            }
            #expect(try await bench.rows(of: bench.ours) == before)
            #expect(tried > 500)
        }
    }

    /// What stands beside a request: for whom it is, of which organization, and under which key it is repeated.
    @Test func hostileMetadataIsRefused() async throws {
        try await IsolationBench.with(.both) { bench in
            let portal = try await bench.ours.owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Portal", roles: [.frontend]))
            let frontend = bench.harness.client(token: portal.secret)
            let before = try await bench.rows(of: bench.ours)
            let member = try bench.schema.method(
                named: TenantServiceMethods.CreateMember.name)
            let request = CreateMemberRequest(email: "new@example.com", roles: [.analyst])
                .serialized()
            // One of a megabyte is no head of a call.
            for (name, text) in Self.texts.dropFirst() + Self.words {
                for (key, client) in [
                    ("tally-org", bench.ours.owner), ("tally-on-behalf-of", frontend),
                ] {
                    let outcome = try await bench.call(member, request, by: client, [key: text])
                    Self.expectClear(
                        outcome, "\(name) in \(key)", field: "", also: .permissionDenied)
                }
            }
            for (name, text) in Self.texts.dropFirst() {
                let outcome = try await bench.call(
                    member, request, by: bench.ours.owner, ["idempotency-key": text])
                Self.expectClear(outcome, "\(name) in idempotency-key", field: "")
            }
            #expect(try await bench.rows(of: bench.ours) == before)
            await frontend.close()
        }
    }

    /// By the path of the text, of those requests that can carry it.
    private static func outcomes(
        of method: MethodDescriptor, _ texts: [String], number: Int, _ bench: IsolationBench
    ) async throws -> [String: IsolationBench.Outcome] {
        var outcomes: [String: IsolationBench.Outcome] = [:]
        let variants = try bench.factory.disfigured(
            method, things: bench.ours.things, texts: texts, number: number)
        for variant in variants {
            // An enumeration, or a time, has no such text.
            guard (try? bench.schema.encode(variant.request, as: method.requestType)) != nil
            else { continue }
            outcomes[variant.path] = try await bench.call(method, variant.request, by: bench.ours)
        }
        return outcomes
    }

    private static func hold(_ answers: [[UInt8]], _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return answers.contains { $0.firstRange(of: bytes) != nil }
    }

    /// Whether each item was refused by itself.
    private static func rejectsAll(_ method: MethodDescriptor, _ answers: [[UInt8]]) -> Bool {
        guard let fields = try? rejectedFields(method, answers) else { return false }
        return !fields.isEmpty && !fields.contains("")
    }

    /// Every text in what an organization takes along, with those in JSON that is a text itself.
    private static func exported(_ company: IsolationBench.Company) async throws -> [String] {
        let rows = try await company.owner.serverStreaming(
            TenantServiceMethods.ExportOrganization.self, ExportOrganizationRequest()
        ) { parts in
            var rows: [String] = []
            for try await part in parts {
                if case .rows(let some)? = part.part { rows += some.rows }
            }
            return rows
        }
        return rows.flatMap(strings(inJSON:))
    }

    private static func strings(inJSON json: String) -> [String] {
        guard json.hasPrefix("{") || json.hasPrefix("["),
            let object = try? JSONSerialization.jsonObject(with: Data(json.utf8))
        else { return [json] }
        return [json] + strings(in: object)
    }

    private static func strings(in object: Any) -> [String] {
        switch object {
        case let text as String: strings(inJSON: text)
        case let list as [Any]: list.flatMap(strings(in:))
        case let members as [String: Any]:
            Array(members.keys) + members.values.flatMap(strings(in:))
        default: []
        }
    }

    /// Kept as a secret.
    private static let neverShown: Set = ["api_key"]
}

extension IsolationBench {
    /// As the owner, or as an operator where owners may not.
    fileprivate func callAsAllowed(
        _ method: MethodDescriptor, _ bytes: [UInt8]
    ) async throws -> Outcome {
        let outcome = try await call(method, bytes, by: ours.owner)
        if case .refusal(_, "ROLE_NOT_ALLOWED", _, _) = outcome {
            return try await call(method, bytes, by: platform)
        }
        return outcome
    }
}
