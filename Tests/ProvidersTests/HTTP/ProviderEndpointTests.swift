import Core
import Testing

@testable import Providers

struct ProviderEndpointTests {
    @Test(arguments: [
        ("https://api.openai.com/v1", "https://api.openai.com"),
        ("https://proxy.example:8443/openai/", "https://proxy.example:8443/openai"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080"),
        ("http://localhost/", "http://localhost"), ("http://[::1]:9", "http://[::1]:9"),
    ])
    func baseURLsAreTakenOver(_ url: String, _ expected: String) throws {
        #expect(try ProviderEndpoint(url).baseURL == expected)
    }

    @Test(arguments: [
        "", "api.openai.com", "ftp://x", "https://", "https://u:p@host", "https://h?x=1",
        "https://h#f", "https://h st", "https:///path",
    ])
    func whatIsNoBaseURLIsRefused(_ url: String) {
        let expected = ServiceError(.invalidArgument, "PROVIDER_URL_INVALID", "")
        #expect(throws: expected) { try ProviderEndpoint(url) }
    }

    @Test(arguments: ["http://api.openai.com", "http://127.0.0.1.evil.example", "http://10.0.0.1"])
    func keysDoNotTravelUnencrypted(_ url: String) throws {
        let expected = ServiceError(.invalidArgument, "PROVIDER_URL_NOT_ENCRYPTED", "")
        #expect(throws: expected) { try ProviderEndpoint(url) }
        _ = try ProviderEndpoint(url, allowsPlaintext: true)
    }
}
