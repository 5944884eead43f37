import API
import Postgres
import ServiceRuntime

/// `HealthService`: whether this server can do its work.
struct HealthMethods: Sendable {
    /// Anybody may ask, so the database is asked one question at a time, and a second passes
    /// between an answer and the next question.
    private let shared: SharedAnswer<CheckResponse>

    init(
        pool: PostgresPool, migrations: MigrationRunner, keysPool: PostgresPool,
        keysMigrations: MigrationRunner
    ) {
        shared = SharedAnswer(lifetime: .seconds(1)) {
            let answer = await Self.ask(pool: pool, migrations: migrations)
            guard answer.status == .serving else { return answer }
            return await Self.askForKeys(
                pool: keysPool, migrations: keysMigrations,
                installation: Installation(mainPool: pool, keysPool: keysPool))
        }
    }

    func register(in registry: inout ServiceRegistry) {
        registry.registerOpen(HealthServiceMethods.Check.self) { _ in await answer() }
    }

    /// The same answer for everybody who asks at the same time, over whichever protocol.
    func answer() async -> CheckResponse {
        await shared.answer()
    }

    /// Ends by itself: the pool bounds the wait for a connection, the runner that for its statements.
    static func ask(pool: PostgresPool, migrations: MigrationRunner) async -> CheckResponse {
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
            return Self.away
        }
    }

    /// Events are taken in while the keys' database is away, tokens that name no person read reports, and
    /// rights can be taken away; whatever else is audited, and what frontends ask for members, fails.
    static func askForKeys(
        pool: PostgresPool, migrations: MigrationRunner, installation: Installation
    ) async -> CheckResponse {
        let number: PostgresUUID?
        do {
            number = try await installation.mainNumber(as: Self.role)
        } catch {
            return Self.away
        }
        do {
            guard try await migrations.isCurrent(pool) else {
                return CheckResponse(
                    status: .notServing,
                    detail: "Migrations of the keys' database are missing. Run tally-server "
                        + "migrate.")
            }
            guard let number, try await installation.keysNumber(as: Self.role) == number else {
                return CheckResponse(
                    status: .notServing,
                    detail: "The keys' database belongs to another installation. Correct "
                        + "TALLY_KEYS_DATABASE_URL, or run tally-server migrate.")
            }
            return CheckResponse(status: .serving)
        } catch is MigrationError {
            return CheckResponse(
                status: .notServing,
                detail: "The keys' database has other migrations than this server. Run the same "
                    + "version.")
        } catch {
            return CheckResponse(
                status: .serving, detail: "The database of data keys does not answer.")
        }
    }

    private static let role = "tally_directory"

    private static let away = CheckResponse(
        status: .notServing, detail: "The database does not answer.")
}
