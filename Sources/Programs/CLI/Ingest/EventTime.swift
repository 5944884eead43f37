import API
import Core
import Domain

extension Timestamp {
    /// The time of an event's line; one without a zone names no instant and is refused.
    init(eventTime text: String) throws(EventProblem) {
        do throws(ServiceError) {
            self.init(try Instant(rfc3339: text))
        } catch {
            throw EventProblem(error.reason.rawValue, field: "time", error.message)
        }
    }
}
