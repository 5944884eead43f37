import Core
import Testing

@testable import Domain

@Suite struct DisplayNameTests {
    @Test(arguments: [
        ("Northwind Robotics (demo)", ""),
        ("Ōtautahi – Vertrieb & Söhne", ""),
        ("研究開発", ""),
        ("می‌خواهم", ""),
        ("Crew 👩‍🚀", ""),
        ("☎\u{FE0F}", ""),
        (String(repeating: "é", count: 200), ""),
        ("", "DISPLAY_NAME_REQUIRED display_name"),
        (" \t\n", "DISPLAY_NAME_REQUIRED display_name"),
        (String(repeating: "é", count: 201), "DISPLAY_NAME_TOO_LONG display_name"),
        (
            "e" + String(repeating: "\u{0301}", count: 200),
            "DISPLAY_NAME_TOO_LONG display_name"
        ),
        ("two\nlines", "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"),
        ("bell\u{07}", "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"),
        ("escape\u{1B}[31m", "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"),
        ("c1\u{9B}31m", "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"),
        ("line\u{2028}separator", "DISPLAY_NAME_HAS_CONTROL_CHARACTERS display_name"),
        ("right\u{202E}left", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("isolate\u{2066}d", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("mark\u{200F}s", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("zero\u{200B}width", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("\u{FEFF}order mark", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("tag\u{E0041}", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        ("no\u{FFFE}character", "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
        (" before", "DISPLAY_NAME_HAS_OUTER_SPACES display_name"),
        ("after\u{A0}", "DISPLAY_NAME_HAS_OUTER_SPACES display_name"),
    ])
    func namesShowWhatTheyAre(_ text: String, _ expected: String) {
        #expect(Self.reason(of: text) == expected)
    }

    /// Why a name is refused, and the field; empty where it is taken.
    private static func reason(of text: String) -> String {
        do throws(ServiceError) {
            _ = try DisplayName(text)
            return ""
        } catch {
            return "\(error.reason.rawValue) \(error.field ?? "")"
        }
    }
}
