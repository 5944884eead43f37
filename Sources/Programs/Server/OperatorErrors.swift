import ArgumentParser
import Core
import Encryption
import Ledger
import Postgres
import TLS

/// Says to operators what went wrong and what to do, where a bare error would leave them guessing.
enum OperatorErrors {
    static func explained(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ServiceError {
            throw ValidationError("\(error.reason.rawValue): \(error.message)")
        } catch let error as KeyFileError {
            throw ValidationError("\(error)")
        } catch let error as TLSError {
            throw ValidationError("\(error)")
        } catch let error as MigrationError {
            throw ValidationError("\(error)")
        } catch let error as PriceImportRefusal {
            throw ValidationError("\(error.problem.problem.rawValue): \(error.message)")
        } catch let error as PostgresError where error.sqlState.isUnavailable {
            throw ValidationError(
                "The database cannot be reached (\(error)). Check TALLY_DATABASE_URL, "
                    + "TALLY_KEYS_DATABASE_URL and that PostgreSQL runs.")
        }
    }
}
