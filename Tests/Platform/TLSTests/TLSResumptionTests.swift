import Core
import Foundation
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing

@testable import TLS

struct TLSResumptionTests {
    private static let subject = #"CN=gateway-7,O=Acme\, Inc."#

    private func resume(
        _ client: TLSContext, _ source: TLSContextSource
    ) throws -> TLSHandshakeCompleted? {
        let pair = try TLSPair.handshake(client: client, server: source.context)
        // In TLS 1.3 a client is done before the server has looked at its certificate.
        if let served = pair.serverReceiver.completed {
            #expect(pair.clientReceiver.completed?.isResumed == served.isResumed)
        }
        pair.client.close(mode: .all, promise: nil)
        try pair.exchange()
        return pair.serverReceiver.completed
    }

    @Test func reconnectsResumeAndKeepTheSubject() async throws {
        try await TestCertificates.use { certificates in
            for clients in [TLSServerFiles.ClientCertificate.required, .optional] {
                let source = try TLSContextSource(
                    files: certificates.serverFiles(clients: clients), protocolName: "tally/1")
                let client = try certificates.clientContext()
                for isResumed in [false, true, true, true] {
                    let completed = try resume(client, source)
                    #expect(completed?.isResumed == isResumed)
                    #expect(completed?.version == "TLSv1.3")
                    #expect(completed?.protocolName == "tally/1")
                    #expect(completed?.peerSubject == Self.subject)
                }
            }
        }
    }

    /// A connection that was lost without a word resumes too.
    @Test func lostConnectionsResume() async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let client = try certificates.clientContext()
            for isResumed in [false, true, true] {
                let pair = try TLSPair.handshake(client: client, server: source.context)
                #expect(pair.serverReceiver.completed?.isResumed == isResumed)
                // Below the handler, so that no alert is sent.
                try pair.client.pipeline.syncOperations.context(handlerType: TLSHandler.self)
                    .close(promise: nil)
                // Which lets the handlers go, and OpenSSL's connection with them.
                pair.client.embeddedEventLoop.run()
            }
            // One that was not used of the first two tickets, and the last connection's.
            #expect(client.sessions?.next(server: TLSPair.serverName) != nil)
            #expect(client.sessions?.next(server: TLSPair.serverName) != nil)
        }
    }

    @Test func sessionsAreOfferedToTheirServerOnly() async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let client = try certificates.clientContext()
            _ = try resume(client, source)
            #expect(client.sessions?.next(server: .host("other")) == nil)
            // Each of TLS 1.3 once.
            let first = client.sessions?.next(server: TLSPair.serverName)
            let second = client.sessions?.next(server: TLSPair.serverName)
            #expect(first != nil && second != nil && first !== second)
            #expect(client.sessions?.next(server: TLSPair.serverName) == nil)
        }
    }

    @Test func sessionsOutliveAReload() async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(clients: .required), protocolName: "tally/1")
            let client = try certificates.clientContext()
            let before = source.context
            #expect(try resume(client, source)?.isResumed == false)
            try source.reload()
            #expect(source.context !== before)
            let completed = try resume(client, source)
            #expect(completed?.isResumed == true)
            #expect(completed?.peerSubject == Self.subject)
        }
    }

    /// Else those whom an authority vouched for would come in after it was removed.
    @Test func sessionsEndWithTheirAuthority() async throws {
        try await TestCertificates.use { certificates in
            var files = certificates.serverFiles(clients: .required)
            let authorities = certificates.folder.appendingPathComponent("clients.pem")
            files.clientAuthorityFile = authorities.path
            try Data(contentsOf: URL(fileURLWithPath: certificates.authorityFile))
                .write(to: authorities)
            let source = try TLSContextSource(files: files, protocolName: "tally/1")
            let client = try certificates.clientContext()
            #expect(try resume(client, source)?.peerSubject == Self.subject)
            try Data(contentsOf: URL(fileURLWithPath: certificates.strangerFile))
                .write(to: authorities)
            try source.reload()
            #expect(try resume(client, source) == nil)
        }
    }

    /// Else one who came where nobody was asked would stay admitted where all are.
    @Test func sessionsOfTheAnonymousDoNotAdmit() async throws {
        try await TestCertificates.use { certificates in
            let keys = TLSTicketKeys(ticketLifetime: TLSContext.sessionLifetime)
            let open = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1", ticketKeys: keys)
            let anonymous = try certificates.clientContext(withCertificate: false)
            #expect(try resume(anonymous, open)?.peerSubject == nil)
            #expect(try resume(anonymous, open)?.isResumed == true)
            let optional = try TLSContextSource(
                files: certificates.serverFiles(clients: .optional), protocolName: "tally/1",
                ticketKeys: keys)
            #expect(try resume(anonymous, optional)?.isResumed == false)
            let closed = try TLSContextSource(
                files: certificates.serverFiles(clients: .required), protocolName: "tally/1",
                ticketKeys: keys)
            #expect(try resume(anonymous, closed) == nil)
        }
    }

    @Test func sessionsEndWithTheirCertificate() async throws {
        try await TestCertificates.use { certificates in
            let isLater = Mutex(false)
            // The certificates of tests are good for two days.
            let clock = WallClock {
                isLater.withLock { $0 }
                    ? Instant(seconds: WallClock.system.now.seconds + 3 * 86_400)
                    : WallClock.system.now
            }
            let source = try TLSContextSource(
                files: certificates.serverFiles(clients: .required), protocolName: "tally/1",
                ticketKeys: TLSTicketKeys(ticketLifetime: TLSContext.sessionLifetime),
                clock: clock)
            let client = try certificates.clientContext()
            #expect(try resume(client, source)?.isResumed == false)
            #expect(try resume(client, source)?.isResumed == true)
            isLater.withLock { $0 = true }
            #expect(try resume(client, source)?.isResumed == false)
        }
    }

    @Test func brokenFilesKeepWhatWasThere() async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let before = source.context
            try Data("no certificate".utf8)
                .write(to: URL(fileURLWithPath: certificates.serverFile))
            #expect {
                try source.reload()
            } throws: {
                guard case .file(certificates.serverFile, _) = $0 as? TLSError else { return false }
                return true
            }
            #expect(source.context === before)
            #expect(try resume(certificates.clientContext(), source) != nil)
        }
    }

    /// A renewed certificate that nobody would accept does not replace one that is good.
    @Test(arguments: [-3, 3]) func certificateOutsideOfItsDatesKeepsWhatWasThere(
        days: Int64
    ) async throws {
        try await TestCertificates.use { certificates in
            let offset = Mutex<Int64>(0)
            let clock = WallClock {
                Instant(seconds: WallClock.system.now.seconds + offset.withLock { $0 })
            }
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1",
                ticketKeys: TLSTicketKeys(ticketLifetime: TLSContext.sessionLifetime),
                clock: clock)
            let before = source.context
            // The certificates of tests are good for two days.
            offset.withLock { $0 = days * 86_400 }
            let reason = days < 0 ? "not valid yet" : "has expired"
            #expect {
                try source.reload()
            } throws: {
                guard case .file(certificates.serverFile, let text) = $0 as? TLSError else {
                    return false
                }
                return text.contains(reason)
            }
            #expect(source.context === before)
            // A server that starts has nothing better, and clients say what is wrong.
            _ = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1",
                ticketKeys: TLSTicketKeys(ticketLifetime: TLSContext.sessionLifetime),
                clock: clock)
        }
    }

    // MARK: Keys of tickets

    @Test func ticketsAreGoodForTheirLifetimeOnly() async throws {
        try await TestCertificates.use { certificates in
            let time = Mutex(ContinuousClock.now)
            let keys = TLSTicketKeys(ticketLifetime: .seconds(7200)) { time.withLock { $0 } }
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1", ticketKeys: keys)
            let client = try certificates.clientContext()
            #expect(try resume(client, source)?.isResumed == false)
            // Sealed by the key of before, which is good for three hours in all.
            time.withLock { $0 += .seconds(10_799) }
            #expect(try resume(client, source)?.isResumed == true)
            // That gave a ticket of the new key; the other first ticket is of no use any more.
            time.withLock { $0 += .seconds(10_800) }
            #expect(try resume(client, source)?.isResumed == false)
        }
    }

    @Test func keysChangeEveryHour() throws {
        let time = Mutex(ContinuousClock.now)
        let keys = TLSTicketKeys(ticketLifetime: .seconds(7200)) { time.withLock { $0 } }
        let first = try #require(keys.sealingKey())
        time.withLock { $0 += .seconds(3599) }
        #expect(keys.sealingKey() === first)
        time.withLock { $0 += .seconds(1) }
        let second = try #require(keys.sealingKey())
        #expect(second !== first)
        #expect(second.time == first.time + .seconds(3600))
    }
}
