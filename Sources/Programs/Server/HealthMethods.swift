import API
import Postgres
import ServiceRuntime
import Synchronization

/// `HealthService`: whether this server can do its work.
struct HealthMethods: Sendable {
    private let pool: PostgresPool
    private let migrations: MigrationRunner
    private let last = LastAnswer()

    init(pool: PostgresPool, migrations: MigrationRunner) {
        self.pool = pool
        self.migrations = migrations
    }

    func register(in registry: inout ServiceRegistry) {
        registry.registerOpen(HealthServiceMethods.Check.self) { _ in await check() }
    }

    /// Anybody may ask, so the database is asked at most once a second.
    private func check() async -> CheckResponse {
        if let answer = last.recent { return answer }
        let answer = await ask()
        last.keep(answer)
        return answer
    }

    private func ask() async -> CheckResponse {
        do {
            guard try await migrations.isCurrent(pool) else {
                return CheckResponse(
                    status: .notServing,
                    detail: "Migrations are missing. Run tally-server migrate.")
            }
            return CheckResponse(status: .serving)
        } catch is MigrationError {
            return CheckResponse(
                status: .notServing,
                detail: "The database has other migrations than this server. Run the same version.")
        } catch {
            return CheckResponse(status: .notServing, detail: "The database does not answer.")
        }
    }

    private final class LastAnswer: Sendable {
        private let kept = Mutex<(answer: CheckResponse, at: ContinuousClock.Instant)?>(nil)

        var recent: CheckResponse? {
            kept.withLock { kept in
                guard let kept, kept.at.duration(to: .now) < .seconds(1) else { return nil }
                return kept.answer
            }
        }

        func keep(_ answer: CheckResponse) {
            kept.withLock { $0 = (answer, .now) }
        }
    }
}
