import Core
import Testing

@Suite struct SecretTests {
    @Test func neverPrintsItsValue() {
        let secret = Secret("sk-admin-1234")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(text.contains("1234") == false)
        }
        #expect(secret.reveal() == "sk-admin-1234")
    }
}
