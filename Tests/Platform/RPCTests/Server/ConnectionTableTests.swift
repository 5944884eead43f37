import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import RPC

/// Rule 10: "connections per address and in total are capped".
@Suite(.rule(10)) struct ConnectionTableTests {
    private func table(perAddress: Int = 2, inAll: Int = 100) -> ConnectionTable {
        var limits = RPCLimits()
        limits.connectionCountPerAddressMax = perAddress
        limits.connectionCountMax = inAll
        return ConnectionTable(limits: limits)
    }

    /// An IPv6 /64 is one party's, which could else connect from 2^64 addresses.
    @Test func addressesOfOneNetworkCountTogether() throws {
        let table = table()
        let channels = (1...6).map { _ in EmbeddedChannel() }
        let addresses = [
            "2001:db8::1", "2001:db8::2", "2001:db8::3:0:0:3", "2001:db8:0:1::1", "10.0.0.1",
            "10.0.0.2",
        ]
        let admissions = zip(channels, addresses).map { channel, address in
            table.admit(channel, address: address) {}
        }
        #expect(admissions == [.served, .served, .refused, .served, .served, .served])
        // The refused one counts until it is closed too.
        for channel in [channels[0], channels[2]] { _ = try channel.finish() }
        let next = EmbeddedChannel()
        #expect(table.admit(next, address: "2001:db8::9") {} == .served)
        for channel in [channels[1], channels[3], channels[4], channels[5], next] {
            _ = try channel.finish()
        }
    }

    /// Those that are refused take no place from others, and beyond as many are dropped.
    @Test func thoseThatAreRefusedCountByThemselves() throws {
        let table = table(perAddress: 2, inAll: 3)
        var channels: [EmbeddedChannel] = []
        func admit(_ address: String) -> ConnectionTable.Admission {
            channels.append(EmbeddedChannel())
            return table.admit(channels[channels.count - 1], address: address) {}
        }
        let first = (1...5).map { _ in admit("10.0.0.1") }
        #expect(first == [.served, .served, .refused, .refused, .dropped])
        #expect(admit("10.0.0.2") == .served)
        #expect(admit("10.0.0.3") == .refused)
        #expect(admit("10.0.0.4") == .dropped)
        _ = try channels[0].finish()
        #expect(admit("10.0.0.5") == .served)
        for channel in channels.dropFirst() { _ = try channel.finish() }
    }

    @Test func thoseBehindASocketFileAreNotCountedByAddress() throws {
        let table = table(inAll: 4)
        let channels = (1...5).map { _ in EmbeddedChannel() }
        let admissions = channels.map { table.admit($0, address: "unix") {} }
        #expect(admissions == [.served, .served, .served, .served, .refused])
        for channel in channels { _ = try channel.finish() }
    }
}
