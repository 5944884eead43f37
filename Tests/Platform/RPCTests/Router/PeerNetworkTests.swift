import RPC
import Testing

struct PeerNetworkTests {
    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false), ("unix", "unix", true),
        ("2001:db8::1", "2001:db8::2", true), ("2001:db8::1", "2001:db8:0:0:5::", true),
        ("2001:db8::1", "2001:db8:0:1::1", false), ("2001::5:6:7:8:9", "2001:0:0:5::", true),
        ("::1", "::2", true), ("::ffff:10.0.0.1", "::ffff:10.0.0.2", false),
    ])
    func oneNetworkIsOneParty(one: String, other: String, isSame: Bool) {
        #expect((PeerNetwork(one) == PeerNetwork(other)) == isSame)
    }
}
