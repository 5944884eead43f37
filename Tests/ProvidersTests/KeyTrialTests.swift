import Core
import Synchronization
import Testing

@testable import Providers

/// What a key may read, by what the provider answers.
struct KeyTrialTests {
    private static let now = Instant(seconds: 1_793_880_000)

    /// Answers by the path, and remembers what it was asked.
    private final class Answers: ProviderTransport {
        private let answers: [String: (status: Int, body: String)]
        let requests = Mutex<[ProviderRequest]>([])

        init(_ answers: [String: (status: Int, body: String)]) {
            self.answers = answers
        }

        func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse {
            requests.withLock { $0.append(request) }
            let page = answers.first { request.target.hasSuffix($0.key) }
            guard let answer = (page ?? answers.first { request.path.hasSuffix($0.key) })?.value
            else { throw ProviderError(.unreachable) }
            return ProviderResponse(
                status: answer.status, headers: [:], body: Array(answer.body.utf8))
        }
    }

    private func trial(
        _ provider: ProviderName, _ transport: any ProviderTransport
    ) async throws -> KeyTrial {
        let registry = ProviderRegistry(transports: [provider: transport])
        return try #require(
            await registry.trial(of: provider, key: Secret("sk-tried-0001"), now: Self.now))
    }

    private static let page = (200, #"{"data":[],"has_more":false,"next_page":null}"#)
    private static let refused = (403, #"{"error":{"message":"sk-tried-0001 may not"}}"#)

    @Test func whatTheKeyMayReadIsGranted() async throws {
        let transport = Answers([
            "/usage_report/messages": Self.page, "/cost_report": Self.page,
            "/workspaces": Self.page,
            "/me": (200, #"{"id":"org_1","type":"organization","name":"Acme"}"#),
        ])
        let trial = try await trial(.anthropic, transport)
        #expect(trial.failures.isEmpty)
        #expect(trial.account == KeyTrial.Account(id: "org_1", name: "Acme"))
        let requests = transport.requests.withLock { $0 }
        #expect(requests.count == 4)
        for request in requests {
            #expect(request.credential.value.reveal() == "sk-tried-0001")
            #expect(!request.target.contains("sk-tried"))
        }
    }

    /// Whatever order its projects are listed in.
    @Test func anOpenAIOrganizationIsKnownByItsOldestProject() async throws {
        let trial = try await trial(
            .openAI,
            Answers([
                "/usage/completions": Self.page, "/costs": Self.page,
                "after=proj_b": (
                    200,
                    """
                    {"object":"list","has_more":false,"data":[
                        {"id":"proj_c","object":"organization.project","name":"Old","created_at":100},
                        {"id":"proj_d","object":"organization.project","name":"As old","created_at":100}]}
                    """
                ),
                "/projects": (
                    200,
                    """
                    {"object":"list","has_more":true,"data":[
                        {"id":"proj_a","object":"organization.project","name":"New","created_at":300},
                        {"id":"proj_b","object":"organization.project","name":"Newer","created_at":400}]}
                    """
                ),
            ]))
        #expect(trial.failures.isEmpty)
        #expect(trial.account == KeyTrial.Account(id: "proj_c", name: ""))
    }

    /// A day that is not over is refused by OpenRouter, whatever the key.
    @Test func onlyDaysThatAreOverAreAskedForWhereOthersAreRefused() async throws {
        let transport = Answers(["/activity": (200, #"{"data":[]}"#)])
        let trial = try await trial(.openRouter, transport)
        #expect(trial.failures.isEmpty && trial.account == nil)
        let requests = transport.requests.withLock { $0 }
        #expect(requests.count == 2)
        // Now is noon of 2026-11-05; the last two whole days begin with the 3rd.
        for request in requests { #expect(request.target.contains("date=2026-11-03")) }
    }

    @Test func whatItMayNotReadIsNamedWithTheReason() async throws {
        let trial = try await trial(
            .openAI,
            Answers([
                "/usage/completions": Self.page, "/costs": Self.refused, "/projects": (500, ""),
            ]))
        #expect(trial.failures[.usage] == nil)
        #expect(trial.failures[.costs]?.kind == .missingPermission)
        #expect(trial.failures[.costs]?.refusesKey == true)
        #expect(trial.failures[.names]?.kind == .unavailable)
        #expect(trial.failures[.names]?.refusesKey == false)
        #expect(trial.account == nil)
        for failure in trial.failures.values {
            #expect(!failure.wordsOfTrial.contains("sk-tried"))
        }
    }

    /// Whose key it is decides nothing, and names of it that nobody could show are left out.
    @Test(arguments: [
        (401, "{}", nil), (200, "{}", nil), (200, #"{"id":7}"#, nil),
        (200, #"{"id":"org 1"}"#, nil), (200, #"{"id":"org_1"}"#, ""),
        (200, "{\"id\":\"org_1\",\"name\":\"a\\u202eb\"}", ""),
    ])
    func anAccountIsTakenAsFarAsItCanBeShown(
        status: Int, body: String, name: String?
    ) async throws {
        let trial = try await trial(
            .anthropic,
            Answers([
                "/usage_report/messages": Self.page, "/cost_report": Self.page,
                "/workspaces": Self.page, "/me": (status, body),
            ]))
        #expect(trial.account == name.map { KeyTrial.Account(id: "org_1", name: $0) })
        #expect(trial.failures.isEmpty)
    }

    /// A list that never ends, or is not answered.
    private final class Slow: ProviderTransport {
        let hangs: Bool
        let asked = Mutex(0)

        init(hangs: Bool) {
            self.hangs = hangs
        }

        func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse {
            let page = request.target.contains("include_archived")
            let number = asked.withLock {
                $0 += page ? 1 : 0
                return $0
            }
            if page, hangs {
                // As a transport ends that is cancelled.
                try? await Task.sleep(for: .seconds(15))
                throw ProviderError(.unreachable)
            }
            let body =
                page
                ? #"{"has_more":true,"data":[{"id":"proj_\#(number)","created_at":5}]}"#
                : KeyTrialTests.page.1
            return ProviderResponse(status: 200, headers: [:], body: Array(body.utf8))
        }
    }

    /// Whoever connects an account does not wait for its list.
    @Test func aListThatHangsKeepsNoTrialWaiting() async throws {
        let registry = ProviderRegistry(transports: [.openAI: Slow(hangs: true)])
        let began = ContinuousClock.now
        let trial = try #require(
            await registry.trial(
                of: .openAI, key: Secret("sk-tried-0001"), now: Self.now,
                accountMax: .milliseconds(20)))
        #expect(trial.account == nil && trial.failures.isEmpty)
        #expect(began.duration(to: .now) < .seconds(10))
    }

    /// Each page of a list waits for its turn, and there are ten at most.
    @Test func everyPageOfAListWaitsForItsTurn() async throws {
        let transport = Slow(hangs: false)
        let registry = ProviderRegistry(transports: [.openAI: transport])
        let turns = Mutex<[Int]>([])
        let answer = try await registry.account(of: .openAI, key: Secret("sk-tried-0001")) {
            turns.withLock { $0.append(transport.asked.withLock { $0 }) }
        }
        #expect(answer == .untold)
        #expect(turns.withLock { $0 } == Array(0..<10))
    }

    /// What is refused stays refused; what fails may be answered later.
    @Test func whoMayNotListIsNotToldAndWhoIsNotAnsweredAsksAgain() async throws {
        let account = { (status: Int) in
            try await ProviderRegistry(
                transports: [.openAI: Answers(["/projects": (status, "{}")])]
            ).account(of: .openAI, key: Secret("sk-tried-0001")) {}
        }
        #expect(try await account(403) == .untold)
        await #expect(throws: ProviderError.self) { _ = try await account(500) }
    }

    @Test func aProviderWithoutATransportIsNotTried() async throws {
        let registry = ProviderRegistry(transports: [:])
        #expect(await registry.trial(of: .openAI, key: Secret("k"), now: Self.now) == nil)
    }
}
