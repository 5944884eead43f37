import Core

/// How many events an organization, or a token, has brought on a day of UTC. Pure: a row keeps it.
struct EventCount: Sendable, Hashable {
    /// Days since 1970; runs back only where the clock that set it was wrong by more than a day.
    let day: Int64
    let count: Int64

    private static let secondsPerDay: Int64 = 86_400

    /// Who has a limit.
    enum Sender: Sendable {
        case organization
        case token
        /// One that counts with another, whose quota they share.
        case sharingToken

        fileprivate var reason: ServiceError.Reason {
            switch self {
            case .organization: "EVENTS_PER_DAY_EXCEEDED"
            case .token, .sharingToken: "TOKEN_EVENTS_PER_DAY_EXCEEDED"
            }
        }

        fileprivate var name: String {
            switch self {
            case .organization: "the organization"
            case .token: "the token"
            case .sharingToken: "the token, with those that it shares its count with,"
            }
        }

        fileprivate var limit: String {
            switch self {
            case .organization: "the organization's plan"
            case .token, .sharingToken: "the token's quota"
            }
        }

        fileprivate var remedy: String {
            switch self {
            case .organization: "ask who runs this platform for another plan."
            case .token, .sharingToken:
                "ask an owner of the organization for a token with another quota."
            }
        }
    }

    /// Counts events that come now; none of them are always taken.
    /// - Throws: `EVENTS_PER_DAY_EXCEEDED`, of a token `TOKEN_EVENTS_PER_DAY_EXCEEDED`, where the day would
    ///   have more than `limit`, with the time until the next day, unless they are too many for any.
    func adding(
        _ added: Int, at now: Instant, limit: Int64, of sender: Sender = .organization
    ) throws(ServiceError) -> EventCount {
        guard added > 0 else { return self }
        let counted = current(at: now)
        guard Int64(added) <= limit - counted.count else {
            throw added > limit
                ? Self.tooManyForAnyDay(limit, of: sender)
                : Self.exceeded(
                    limit, of: sender, (counted.day + 1) * Self.secondsPerDay - now.seconds)
        }
        return EventCount(day: counted.day, count: counted.count + Int64(added))
    }

    /// How many more may come now.
    func left(at now: Instant, of limit: Int64) -> Int64 {
        max(0, limit - current(at: now).count)
    }

    /// Of the day that is counted now.
    private func current(at now: Instant) -> EventCount {
        let today = max(0, now.seconds.dividedDown(by: Self.secondsPerDay))
        // Clocks of servers differ by a little: around midnight the day that came first goes on.
        return day == today || day == today + 1 ? self : EventCount(day: today, count: 0)
    }

    private static func exceeded(
        _ limit: Int64, of sender: Sender, _ seconds: Int64
    ) -> ServiceError {
        ServiceError(
            .resourceExhausted, sender.reason, field: "events",
            "With these events \(sender.name) would have brought more than the \(limit) that "
                + "\(sender.limit) allows in this day of UTC. None of them was recorded. Send them after "
                + "midnight UTC, or \(sender.remedy)",
            retryAfter: .seconds(seconds))
    }

    /// Waiting helps nobody, so it is not advised.
    private static func tooManyForAnyDay(_ limit: Int64, of sender: Sender) -> ServiceError {
        ServiceError(
            .resourceExhausted, sender.reason, field: "events",
            "These are more new events than the \(limit) that \(sender.limit) allows in a day of UTC. None "
                + "of them was recorded. Send fewer at once, or \(sender.remedy)")
    }
}

extension Int64 {
    fileprivate func dividedDown(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
