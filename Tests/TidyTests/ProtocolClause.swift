/// A promise of one of the rules of the protocol's page, and the tests that hold the code to it.
struct ProtocolClause: Sendable {
    let rule: Int
    /// The page's words, or enough of them.
    let words: String
    /// By name; each of them names the rule.
    let tests: [String]

    private init(_ rule: Int, _ words: String, _ tests: String...) {
        self.rule = rule
        self.words = words
        self.tests = tests
    }

    static let all = connections + streams + ends

    /// Rules 1, 2, 10 and 12: what frames there are, and where.
    private static let connections = [
        Self(
            1, "`Hello` on stream 0; it may send `Open` frames straight after it",
            "openMayFollowHelloInTheSameWrite", "callsAreSentWithoutWaitingForHello"),
        Self(1, "The server answers `Hello`", "helloIsAnsweredWithOurOwn"),
        Self(
            1, "Anything else first is `PROTOCOL_ERROR`", "anythingBeforeHelloIsProtocolError",
            "anythingBeforeTheServersHelloIsProtocolError"),
        Self(1, "or a second `Hello`", "secondHelloIsProtocolError"),
        Self(
            1, "The version in force is the lower of the two", "lowerOfTheTwoVersionsIsInForce",
            "serverOfALaterVersionIsSpokenToInOurs"),
        Self(
            1, "one that a side does not speak is `GoAway(UNSUPPORTED_VERSION)`",
            "versionThatWeDoNotSpeakIsRefused", "versionThatWeDoNotSpeakEndsTheConnection"),
        Self(
            1, "A zero or absent value means the default; announced values may only be higher",
            "defaultsAreThoseOfTheProtocol", "announcedValuesMayOnlyBeHigher",
            "lowerValuesOfTheServerCountAsTheDefault"),
        Self(
            1, "Until the peer's `Hello` has arrived, the defaults hold",
            "defaultsHoldUntilTheServersHello"),
        Self(
            1, "The connection window starts at 1 MiB in each direction",
            "creditComesBackBeforeTheDefaultWindowIsSpent"),
        Self(2, "of any parity, and only grow", "idsOfAnyParityOnlyGrow", "idsStartAtOneAndGrow"),
        Self(
            2, "an `Open` with an id not above the last is `PROTOCOL_ERROR`",
            "openNotAboveTheLastIsProtocolError"),
        Self(2, "The server opens no stream", "serverThatOpensAStreamIsLeft"),
        Self(2, "At 2^32−1 the client reconnects", "lastIDIsTheConnectionsLastCall"),
        Self(
            2, "Stream 0 carries the connection's frames, and nothing else does",
            "framesOfStreamZeroOnAnotherAreProtocolErrors",
            "framesOfStreamsOnStreamZeroAreProtocolErrors"),
        Self(10, "TLS handshake within 10 s", "halfOpenHandshakesAreEnded"),
        Self(10, "first `Hello` within 10 s", "helloMustComeInTime", "serversHelloMustComeInTime"),
        Self(
            10, "a started frame is complete within 10 s plus its length at 64 KiB/s",
            "startedFrameMustKeepItsPace", "frameOfTheServerMustKeepItsPace"),
        Self(
            10, "idle connections get a `Ping` and are closed (`IDLE`)",
            "idleConnectionIsPingedAndGivenUp", "silentServerIsPingedAndGivenUp"),
        Self(
            10, "more than 100 pings or empty frames a second are `PROTOCOL_ERROR`",
            "moreThanAHundredEmptyFramesASecondAreProtocolError",
            "aHundredPingsEverySecondAreServed"),
        Self(
            10, "connections per address are capped", "onePeerTooManyIsToldSo",
            "addressesOfOneNetworkCountTogether"),
        Self(10, "connections in total are capped", "connectionsAreCappedInTotal"),
        Self(12, "Unknown fields are ignored", "unknownFieldsAreIgnored"),
        Self(
            12, "no kind or an unknown kind is ignored on stream 0 and `PROTOCOL_ERROR` elsewhere",
            "unknownKindIsIgnoredOnStreamZeroOnly"),
        Self(
            12, "A payload that does not parse is INVALID_ARGUMENT for that stream only",
            "unusablePayloadEndsItsStreamOnly"),
        Self(
            12, "Strings that are not UTF-8 are INVALID_ARGUMENT",
            "stringsThatAreNotUTF8EndTheirCallOnly"),
    ]

    /// Rules 3 to 6: what becomes of messages.
    private static let streams = [
        Self(3, "Unary: exactly one frame each way", "unaryCallIsOneFrameEachWay"),
        Self(3, "`Open.message` is the first request message", "firstRequestMayStandInOpen"),
        Self(
            3, "Unary and server-streaming calls require it and `half_close` in `Open`",
            "callsThatAreNotUnaryAreMalformed", "serverStreamsNeedTheirRequestInOpen"),
        Self(
            3, "Messages after the client's half close are `PROTOCOL_ERROR`",
            "messageAfterHalfCloseIsProtocolError"),
        Self(3, "A `Close` with an error carries no message", "errorsCarryNoMessage"),
        Self(3, "any `Close` of a stream carries no message", "streamsEndWithoutAMessage"),
        Self(
            3, "exactly one `Close`, also after `Cancel`", "cancelledCallGetsExactlyOneClose"),
        Self(3, "it ends both halves", "closeEndsBothHalves"),
        Self(
            4, "Responses of different streams come in any order", "responsesComeInAnyOrder"),
        Self(
            4, "A slow call never holds up another", "slowCallHoldsUpNobody",
            "callsThatDoNotReadHoldUpNoOther", "streamsTakeTurns", "callsTakeTurns"),
        Self(
            5, "`Frame.message` counts on the stream's and on the connection's window",
            "messagesCountOnTheConnectionToo"),
        Self(
            5, "`Open.message` and `Close.message` on the connection's only",
            "messagesOfOpenAndCloseDoNotCountOnTheirStream"),
        Self(5, "each counts its length + 16", "requestsCountTheirLengthAnd16"),
        Self(
            5, "Sending needs credit above 0 and may take it below 0",
            "sendingNeedsCreditAboveZeroAndMayTakeItBelow", "windowSpentToZeroIsWithoutCredit"),
        Self(
            5, "`Window` gives credit back as the application consumes",
            "creditOfAStreamComesBackAsItsMessagesAreTaken", "creditIsGivenBackAsResponsesAreRead"),
        Self(
            5, "Credit above 2^31−1 is `PROTOCOL_ERROR`", "creditAboveTheLimitIsProtocolError",
            "creditOfAStreamAboveTheLimitEndsTheConnection"),
        Self(
            5, "and so is sending without credit",
            "messageWithoutCreditOfItsStreamIsProtocolError",
            "messageWithoutCreditOfTheConnectionIsProtocolError",
            "serverThatOverrunsTheWindowIsLeft"),
        Self(
            6, "Frames for a stream that has ended or was refused are dropped and credited back",
            "lateFramesAreDroppedAndCreditedBack", "framesOfAnEndedCallAreDroppedAndCreditedBack",
            "oneStreamTooManyEndsAtOnceAndTheOthersGoOn"),
        Self(
            6, "frames for an id that was never opened are `PROTOCOL_ERROR`",
            "framesForIdsNeverOpenedAreProtocolErrors",
            "frameForAStreamNeverOpenedIsProtocolError"),
    ]

    /// Rules 7 to 9, 11 and 13: how calls are checked and end.
    private static let ends = [
        Self(7, "`timeout_ms` runs from the arrival of `Open`", "callEndsAtItsDeadline"),
        Self(7, "0 means 5 minutes for unary calls", "unaryCallWithoutTimeoutHasFiveMinutes"),
        Self(7, "none for streams", "streamWithoutTimeoutHasNoDeadline"),
        Self(7, "At the deadline the handler is cancelled", "deadlineCancelsTheHandler"),
        Self(7, "its running SQL statement too", "statementsEndAtTheDeadlineOfTheirCall"),
        Self(
            7, "`Cancel` cancels in the same way", "cancelFrameCancelsTheHandler",
            "cancelReachesTheRunningStatement"),
        Self(
            7, "or the loss of the connection", "lostConnectionCancelsTheHandler",
            "lossOfTheConnectionCancelsEveryCall"),
        Self(
            8, "one more than `max_streams` ends at once; the others go on",
            "oneStreamTooManyEndsAtOnceAndTheOthersGoOn"),
        Self(
            8, "An answer that would not fit is RESOURCE_EXHAUSTED",
            "answerBeyondThePeersFrameIsTooLarge"),
        Self(
            9, "`GoAway(DRAIN)` with 2^32−1, one `Ping` round trip, then the final id",
            "drainAnnouncesPingsAndThenNamesTheFinalID", "drainWaitsOneSecondForTheRoundTrip"),
        Self(
            9, "which only ever falls", "anEndWhileDrainingDoesNotRaiseTheFinalID",
            "eachLowerFinalIDGivesMoreCallsUp"),
        Self(
            9, "Streams up to it are finished",
            "callInFlightIsFinishedAndLaterOnesAreNotAnswered",
            "drainWaitsForAStreamThatIsStillSending"),
        Self(
            9, "an `Open` above it is not answered and safe to retry elsewhere",
            "openAboveTheFinalIDIsNotAnsweredButCredited",
            "callsAboveTheFinalIDGoToAnotherConnection"),
        Self(9, "On SIGTERM", "terminatedServersFailNoCall"),
        Self(
            9, "Past the drain limit what is left ends with UNAVAILABLE",
            "whatIsLeftAtTheDrainLimitIsUnavailable"),
        Self(
            9, "shuts its writing side, discards input for at most 1 s and closes",
            "inputIsDiscardedForOneSecondAfterTheWritingSideIsShut"),
        Self(
            9, "calls in flight are UNAVAILABLE to the client",
            "everyOtherReasonEndsTheCallsInFlight"),
        Self(11, "Keys match `[a-z0-9-]{1,64}`", "keysThatMatch", "keysThatDoNotMatch"),
        Self(11, "at most 64 entries and 16 KiB together", "entriesAreLimited", "bytesAreLimited"),
        Self(11, "none twice", "keysStandOnce"),
        Self(
            11, "A key on `Open` replaces that of `Hello`; an empty value removes it",
            "openReplacesAndEmptyRemoves"),
        Self(11, "`idempotency-key` is taken on `Open` only", "idempotencyKeyIsTakenOnOpenOnly"),
        Self(
            13, "Metadata, token, method, permission, rate limit, request",
            "firstFaultInTheOrderOfChecksIsTold", "rateIsCheckedAfterPermissionAndBeforeTheRequest"),
        Self(
            13, "An internal fault is INTERNAL with an opaque incident id",
            "faultsAreIncidentsWithAnOpaqueID"),
        Self(13, "no SQL text, path or secret ever reaches a peer", "causeIsForTheLogsOnly"),
    ]
}
