import Core
import Testing

@Suite struct ServiceErrorTests {
    private struct Cause: Error, CustomStringConvertible {
        let description = "SELECT secret FROM tokens"
    }

    @Test func equalityIsCodeAndReason() {
        let one = ServiceError(.invalidArgument, "NAME_EMPTY", field: "a", "Give a name.")
        let other = ServiceError(.invalidArgument, "NAME_EMPTY", field: "b", "Other words.")
        #expect(one == other)
        #expect(one != ServiceError(.notFound, "NAME_EMPTY", "Give a name."))
        #expect(one != ServiceError(.invalidArgument, "NAME_TOO_LONG", "Give a name."))
    }

    @Test func descriptionShowsNeitherMessageNorCause() {
        let error = ServiceError(
            .internal, "STORE_FAILED", "sk-admin-1234 failed", cause: Cause())
        #expect("\(error)" == "INTERNAL STORE_FAILED")
    }

    @Test func fieldPathsNest() {
        let error = ServiceError(.invalidArgument, "TIME_MISSING", field: "time", "Give a time.")
        #expect(error.within("events[3]").field == "events[3].time")
        let whole = ServiceError(.invalidArgument, "EVENT_EMPTY", "Give an event.")
        #expect(whole.within("events[3]").field == "events[3]")
    }

    @Test func codesHaveTheirCanonicalNamesAndNumbers() {
        #expect(ServiceError.Code.unauthenticated.rawValue == 16)
        #expect("\(ServiceError.Code.resourceExhausted)" == "RESOURCE_EXHAUSTED")
        #expect("\(ServiceError.Code(rawValue: 99))" == "CODE_99")
        #expect("\(ServiceError.Code(rawValue: -1))" == "CODE_-1")
    }
}
