import Testing

@testable import TenantService

@Suite struct EmailAddressTests {
    private static let label = String(repeating: "a", count: 63)

    @Test(arguments: [
        ("owner@northwind.example", ""),
        ("First.Last+tag@sub.example.co", ""),
        ("o'neil_{x}@a-b.example", ""),
        ("\(String(repeating: "l", count: 64))@example.com", ""),
        ("a@\(label).\(label).\(label).\(String(repeating: "b", count: 60))", ""),
        ("", "EMAIL_REQUIRED"),
        (
            "aa@\(label).\(label).\(label).\(String(repeating: "b", count: 60))",
            "EMAIL_TOO_LONG"
        ),
        ("\(String(repeating: "l", count: 65))@example.com", "EMAIL_MALFORMED"),
        ("nobody", "EMAIL_MALFORMED"),
        ("@example.com", "EMAIL_MALFORMED"),
        ("a@", "EMAIL_MALFORMED"),
        ("a@localhost", "EMAIL_MALFORMED"),
        ("a@b@example.com", "EMAIL_MALFORMED"),
        (".a@example.com", "EMAIL_MALFORMED"),
        ("a..b@example.com", "EMAIL_MALFORMED"),
        ("a@example..com", "EMAIL_MALFORMED"),
        ("a@-example.com", "EMAIL_MALFORMED"),
        ("a@example-.com", "EMAIL_MALFORMED"),
        ("a@\(label)x.com", "EMAIL_MALFORMED"),
        ("a b@example.com", "EMAIL_MALFORMED"),
        ("a@example.com\r\nBcc: b@example.com", "EMAIL_MALFORMED"),
        ("a\u{0}@example.com", "EMAIL_MALFORMED"),
        ("ä@example.com", "EMAIL_MALFORMED"),
        ("a@exаmple.com", "EMAIL_MALFORMED"),
        ("\u{202E}a@example.com", "EMAIL_MALFORMED"),
    ])
    func addressesCouldExist(_ text: String, _ expected: String) {
        #expect(reason { _ = try EmailAddress(text) } == expected)
    }
}
