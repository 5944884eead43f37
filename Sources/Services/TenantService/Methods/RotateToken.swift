import API
import Core
import Encryption
import Postgres
import ServiceRuntime

extension Service {
    /// Makes a token of the same rights, and ends the old one after an overlap in which both work.
    ///
    /// A token may rotate itself: whoever calls has the new one in the answer. The old one ends on
    /// every server within a second of its time, and has no other successor: one that leaked shows
    /// by whoever rotates it second being refused.
    func rotateToken(
        _ request: RotateTokenRequest, _ call: Call
    ) async throws -> RotateTokenResponse {
        let organization = try call.organizationID
        let id = try TokenID(request.id).text
        let now = call.clock.now
        let rotation = try TokenRotation(wire: request, now: now)
        let caller = Grant(of: call.caller)
        let (previous, token) = try await call.transaction { transaction in
            let found = try await transaction.first(LockToken(organization: organization, id: id))
            guard var previous = found else { throw TokenID.notFound }
            try caller.mustCover(previous.rights.grant)
            try call.tokenLimits.mustCover(previous.rights.sourceNetworks)
            try call.tokenLimits.mustCover(
                callsPerSecondMax: previous.rights.callsPerSecondMax)
            try call.tokenLimits.mustCover(eventsPerDayMax: previous.rights.eventsPerDayMax)
            let root = previous.countedAs ?? previous.id
            let callerRoot = try await countedAs(by: call, organization, in: transaction)
            guard callerRoot == nil || callerRoot == root else {
                throw ServiceError(
                    .permissionDenied, "EVENTS_PER_DAY_BEYOND_CALLER", field: "id",
                    "Your token has a quota of events, and the token counts apart from it. Rotate those that "
                        + "your token made, or ask an owner.")
            }
            guard !previous.hasEnded(by: now) else {
                throw ServiceError(
                    .failedPrecondition, "TOKEN_HAS_ENDED", field: "id",
                    "The token was revoked or has expired; create a new one.")
            }
            guard previous.successorID == nil else {
                throw ServiceError(
                    .failedPrecondition, "TOKEN_ALREADY_ROTATED", field: "id",
                    "The token has a successor already. Rotate that one; where nobody knows it, "
                        + "revoke both and create a new one.")
            }
            let token = try NewToken(
                displayName: previous.displayName, rights: previous.rights, createTime: now,
                expireTime: try rotation.successorExpiry(
                    of: previous, within: call.tokenLimits, now: now),
                countedAs: root, handedOn: previous.handedOn.union(call.tokenLimits.kinds),
                keyedHash: keyedHash)
            try await transaction.insert(token, of: organization)
            let before = previous.message
            previous.successorID = token.text.id
            let end = rotation.end(of: previous, now: now)
            if end > now {
                previous.expireTime = end
            } else {
                previous.revokeTime = now
            }
            try await transaction.execute(
                EndDirectoryToken(organization: organization, token: previous))
            try await transaction.execute(EndToken(organization: organization, token: previous))
            try call.changed(.token, id, from: before.json(), to: previous.message.json())
            try call.changed(.token, token.text.id, to: token.message.json())
            return (previous, token)
        }
        return RotateTokenResponse(
            token: token.message, secret: token.text.text.reveal(), previous: previous.message)
    }
}
