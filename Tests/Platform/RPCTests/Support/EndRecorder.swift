import Core
import RPC
import Synchronization

/// Records the reasons of the errors that calls end with, as interceptors see them.
final class EndRecorder: RPCInterceptor {
    private let reasons = Mutex<[String]>([])
    private let admission: RPCAdmission

    /// - Parameter admission: whether calls wait for it, as for one that begins a span.
    init(_ admission: RPCAdmission = .proceed) {
        self.admission = admission
    }

    var seen: [String] { reasons.withLock { $0 } }

    func admit(_ context: inout RPCContext) -> RPCAdmission { admission }

    func ended(_ context: RPCContext, _ outcome: inout Result<RPCResponse, any Error>) {
        guard case .failure(let error) = outcome else { return }
        note(error)
    }

    private func note(_ error: any Error) {
        guard let error = error as? ServiceError else { return }
        reasons.withLock { $0.append(error.reason.rawValue) }
    }

    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        do {
            return try await next(context)
        } catch {
            note(error)
            throw error
        }
    }
}
