import Core
import RPC
import Synchronization

/// Records the reasons of the errors that calls end with, as interceptors see them.
final class EndRecorder: RPCInterceptor {
    private let reasons = Mutex<[String]>([])

    var seen: [String] { reasons.withLock { $0 } }

    func admit(_ context: inout RPCContext) -> RPCAdmission { .proceed }

    func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        guard case .failure(let error as ServiceError) = outcome else { return }
        reasons.withLock { $0.append(error.reason.rawValue) }
    }

    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        try await next(context)
    }
}
