import Testing

@testable import Generator

@Suite struct NameTests {
    @Test(arguments: [
        ("id", "id"), ("api_key_id", "apiKeyID"), ("low_80", "low80"), ("from", "from"),
        ("id_hint", "idHint"), ("latency_ms", "latencyMs"),
    ])
    func fieldsBecomeProperties(proto: String, swift: String) {
        #expect(SwiftName.property(proto) == swift)
    }

    @Test(arguments: [
        ("ROLE_OWNER", "Role", "owner"), ("ROLE_UNSPECIFIED", "Role", "unspecified"),
        ("NOT_SERVING", "Status", "notServing"),
        ("CONNECTION_HEALTH_KEY_REFUSED", "ConnectionHealth", "keyRefused"),
        ("SIZE_2X", "Size", "size2x"),
    ])
    func enumValuesLoseTheNameOfTheirType(proto: String, type: String, swift: String) {
        #expect(SwiftName.enumValue(proto, of: type) == swift)
    }

    @Test func namesThatSwiftReservesAreQuoted() {
        #expect(SwiftName.escaped("default") == "`default`")
        #expect(SwiftName.escaped("model") == "model")
    }

    @Test func typesAreNamedWithinTheirPackage() {
        #expect(SwiftName.qualified("tally.v1.EventResult.Outcome") == "EventResult.Outcome")
        #expect(SwiftName.qualified("google.protobuf.Timestamp") == "Timestamp")
    }

    /// As `protoc-c` 1.4 names them.
    @Test func cNamesAreThoseOfProtocC() {
        #expect(CName.type("tally.rpc.v1.GoAway") == "Tally__Rpc__V1__GoAway")
        #expect(CName.function("tally.rpc.v1.GoAway") == "tally__rpc__v1__go_away")
        #expect(
            CName.oneofCase("tally.v1.AllocationRule", oneof: "target", field: "unit")
                == "TALLY__V1__ALLOCATION_RULE__TARGET_UNIT")
        #expect(CName.member("class") == "class_")
    }
}
