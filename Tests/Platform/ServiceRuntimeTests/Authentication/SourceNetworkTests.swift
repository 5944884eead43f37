import Core
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct SourceNetworkTests {
    private func network(_ text: String) -> String {
        do throws(ServiceError) {
            return try SourceNetwork(text).text
        } catch {
            return error.reason.rawValue
        }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"), ("192.0.2.0/24", "192.0.2.0/24"),
        ("0.0.0.0/0", "0.0.0.0/0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::/0", "::/0"), ("::1", "::1"), ("1::", "1::"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("fe80::/10", "fe80::/10"),
    ])
    func networksAreShownInOneForm(_ text: String, _ shown: String) throws {
        #expect(network(text) == shown)
        #expect(network(shown) == shown)
    }

    @Test(arguments: [
        "", "/", "/24", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.+4", "1.2.3.-4",
        "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/+8", "1.2.3.4/08", "1.2.3.4/8/8",
        "1.2.3.4 ", " 1.2.3.4", "1..3.4", "0x1.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:::2",
        ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1::2::3", "12345::", "::g", "::1/129",
        "1:2:3:4:5:6:7:8:9",
        "::1.2.3", "1.2.3.4::", "::+1", "fe80::1%eth0", "example.com", "*", "unix", "1.2.3.4\u{0}",
        "１.2.3.4", "1:2:3:4:5:6:7::8",
    ])
    func everythingElseIsMalformed(_ text: String) {
        #expect(network(text) == "SOURCE_ADDRESS_MALFORMED")
    }

    @Test(arguments: ["192.0.2.1/24", "2001:db8::1/64", "::1/0", "128.0.0.0/0"])
    func bitsBehindThePrefixAreRefused(_ text: String) {
        #expect(network(text) == "SOURCE_ADDRESS_HAS_HOST_BITS")
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
        ("192.0.2.0/24", "::ffff:192.0.2.7", true), ("::ffff:192.0.2.0/120", "192.0.2.7", true),
        ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("fe80::/10", "fe80::1%eth0", true), ("::/0", "192.0.2.1", true),
        ("::/0", "unix", false), ("::/0", "in-process", false), ("::/0", "", false),
    ])
    func peersAreInOrOut(_ network: String, _ peer: String, _ isIn: Bool) throws {
        let networks = [try SourceNetwork(network)]
        #expect(networks.admit(peer) == isIn)
        #expect([SourceNetwork]().admit(peer))
    }

    /// What a network has is what the bits say, whatever the form.
    @Test func randomAddressesAgreeWithTheirBits() throws {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<2000 {
            let isFourth = Bool.random(using: &random)
            var bits = UInt128.random(in: .min ... .max, using: &random)
            if isFourth { bits = NetworkAddress.mappedBits | bits & 0xFFFF_FFFF }
            // Runs of zeros are what is shortened.
            let zeros = UInt128.random(in: .min ... .max, using: &random)
            if !isFourth { bits &= zeros & zeros >> 9 }
            let address = NetworkAddress(bits: bits)
            #expect(NetworkAddress(address.text) == address, "\(random.seed): \(address.text)")
            let length = Int.random(in: (isFourth ? 96 : 0)...128, using: &random)
            let mask = length == 0 ? 0 : UInt128.max << (128 - length)
            let first = NetworkAddress(bits: bits & mask)
            let written = first.isMapped && isFourth ? length - 96 : length
            let network = try SourceNetwork("\(first.text)/\(written)")
            let other = NetworkAddress(
                bits: bits ^ 1 << UInt128.random(in: 0..<128, using: &random))
            for peer in [address, other] {
                #expect(
                    network.contains(peer) == (peer.bits & mask == bits & mask),
                    "\(random.seed): \(network.text) \(peer.text)")
            }
        }
    }
}
