import Core
import Postgres
import RPC

/// Turns what the database says into what a caller can use: the one place that does.
///
/// A constraint that a caller can break has its own reason, given by the store that knows it;
/// what arrives here is the database's state, or a fault of ours, which stays INTERNAL.
struct DatabaseErrorInterceptor: RPCInterceptor {
    func admit(_ context: inout RPCContext) -> RPCAdmission { .proceed }

    func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        guard case .failure(let error as PostgresError) = outcome,
            let translated = Self.serviceError(error)
        else { return }
        outcome = .failure(translated)
    }

    static func serviceError(_ error: PostgresError) -> ServiceError? {
        switch error.sqlState {
        case .queryCanceled:
            ServiceError(
                .deadlineExceeded, "STATEMENT_TIMED_OUT",
                "The database did not finish within the call's deadline. Allow more time, or ask "
                    + "for less.", cause: error)
        case let state where state.isTransient:
            ServiceError(
                .aborted, "TRANSACTION_CONTENDED",
                "Other calls changed the same rows at the same time. Try again.",
                retryAfter: .milliseconds(100), cause: error)
        case let state where state.isUnavailable:
            ServiceError(
                .unavailable, "DATABASE_UNAVAILABLE",
                "The database cannot be reached at the moment. Try again.",
                retryAfter: .seconds(1), cause: error)
        default: nil
        }
    }
}
