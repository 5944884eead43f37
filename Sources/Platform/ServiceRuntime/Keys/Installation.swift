import Core
import Domain
import Encryption
package import Postgres

/// The main database and that of the keys, which belong together and are not the same.
///
/// Both have the number of their installation. A program that was given another keys' database, or an
/// empty one, would find no key of what was sealed.
package struct Installation: Sendable {
    private let mainPool: PostgresPool
    private let keysPool: PostgresPool

    /// Longest time that one statement may take of a program that starts, or says whether it is ready.
    private static let timeout = Duration.seconds(5)

    package init(mainPool: PostgresPool, keysPool: PostgresPool) {
        self.mainPool = mainPool
        self.keysPool = keysPool
    }

    /// The numbers of both databases; nil where one has none.
    package struct Numbers: Sendable {
        let main: PostgresUUID?
        let keys: PostgresUUID?

        /// Whether both databases have the same one.
        package var areEqual: Bool { main != nil && main == keys }
    }

    /// The number of the main database.
    /// - Parameter role: One that the logins may take, and that may read the numbers:
    ///   `tally_directory`, `tally_service`, `tally_worker` or `tally_operator`.
    package func mainNumber(as role: String) async throws -> PostgresUUID? {
        try await Self.number(mainPool, role)
    }

    /// The number of the keys' database.
    /// - Parameter role: As of `mainNumber(as:)`.
    package func keysNumber(as role: String) async throws -> PostgresUUID? {
        try await Self.number(keysPool, role)
    }

    /// Refuses the keys of another installation, or an empty database in the place of one in use, before
    /// a program begins.
    ///
    /// Nothing is refused where a database is away, or was not migrated yet: whoever asks for a key then
    /// is told so, and readiness says it.
    /// - Parameter role: As of `mainNumber(as:)`.
    /// - Throws: `KEYS_DATABASE_OF_ANOTHER_INSTALLATION`.
    package func refuseAnother(as role: String) async throws {
        let numbers: Numbers
        do {
            numbers = Numbers(
                main: try await mainNumber(as: role), keys: try await keysNumber(as: role))
        } catch is PostgresError {
            return
        }
        guard numbers.main == nil || numbers.areEqual else { throw Self.ofAnother }
    }

    /// Refuses databases that do not have the same number, for who migrates.
    /// - Throws: `KEYS_DATABASE_OF_ANOTHER_INSTALLATION`.
    package func mustBeWhole() async throws {
        let numbers = try await numbers()
        guard numbers.areEqual else { throw Self.ofAnother }
    }

    /// Refuses one database for both purposes, before anything is applied to it.
    ///
    /// Addresses do not tell: one database has many. Its tables do, and where it has none yet, a lock
    /// that is taken by one address is taken for the other.
    /// - Throws: `KEYS_DATABASE_IS_THE_MAIN_ONE`.
    package func refuseOneForBoth() async throws {
        try await Self.refuse(keysPool, with: "organizations")
        try await Self.refuse(mainPool, with: "data_keys")
        // Nobody else takes a lock of this number at this moment.
        let number = Int64.random(in: .min ... .max)
        let isFree = try await mainPool.transaction(TransactionOptions()) { transaction in
            guard try await transaction.first(TryLock(number: number)) == true else { return false }
            return try await keysPool.transaction(TransactionOptions()) {
                try await $0.first(TryLock(number: number)) ?? false
            }
        }
        guard isFree else { throw Self.isTheMainOne }
    }

    private static func refuse(_ pool: PostgresPool, with table: String) async throws {
        let isThere = try await pool.transaction(TransactionOptions()) { transaction in
            try await transaction.first(SelectWhetherTableIsThere(name: table)) ?? false
        }
        if isThere { throw isTheMainOne }
    }

    /// Gives both databases the number of the installation, or finds that they have it.
    ///
    /// Databases without one take it only where no key can be missing: nothing is sealed yet, and no key
    /// is there; or the platform's key opens what the main database has sealed. The main database is
    /// first, so that who is stopped in between goes on.
    /// - Parameter keys: Of the keys' database, for `tally_operator`.
    /// - Throws: `KEYS_DATABASE_OF_ANOTHER_INSTALLATION`, `KEYS_DATABASE_LOST`; as `DataKeyStore.keys`.
    package func bind(provenBy keys: DataKeyStore) async throws {
        let numbers = try await numbers()
        if numbers.areEqual { return }
        guard numbers.main == nil || numbers.keys == nil else { throw Self.ofAnother }
        try await prove(keys)
        let made = numbers.keys ?? OrganizationID.make().postgresUUID
        let id = try await mainPool.transaction(Self.owner) { transaction in
            try await transaction.execute(InsertInstallation(id: made))
            return try await transaction.first(SelectInstallation())
        }
        let same = try await keysPool.transaction(Self.owner) { transaction in
            try await transaction.execute(InsertInstallation(id: id ?? made))
            return try await transaction.first(SelectInstallation())
        }
        guard same == id else { throw Self.ofAnother }
    }

    private func prove(_ keys: DataKeyStore) async throws {
        let operators = TransactionOptions(role: "tally_operator")
        let isNeeded =
            try await mainPool.transaction(operators) {
                try await $0.first(SelectWhetherKeysAreNeeded())
            } ?? true
        let found = try await keysPool.transaction(Self.owner) {
            try await $0.first(SelectWhetherKeysAreThere())
        }
        guard isNeeded else {
            if found?.any == true { throw Self.ofAnother }
            return
        }
        let row = try await mainPool.transaction(operators) {
            try await $0.first(SelectSealedPlatformRow())
        }
        guard let row, found?.ofThePlatform == true else { throw Self.lost }
        let platform = try await keys.keys(of: AuditChainHead.platform)
        guard case .readable = try platform.auditFields(row.sealed, ofRow: row.sequence) else {
            throw Self.ofAnother
        }
    }

    private static let owner = TransactionOptions(role: "tally_owner")

    func numbers() async throws -> Numbers {
        try await Numbers(
            main: mainPool.transaction(Self.owner) { try await $0.first(SelectInstallation()) },
            keys: keysPool.transaction(Self.owner) { try await $0.first(SelectInstallation()) })
    }

    private static func number(
        _ pool: PostgresPool, _ role: String
    ) async throws -> PostgresUUID? {
        let options = TransactionOptions(role: role, isReadOnly: true, statementTimeout: timeout)
        return try await pool.transaction(options) { try await $0.first(SelectInstallation()) }
    }

    private static var isTheMainOne: ServiceError {
        ServiceError(
            .invalidArgument, "KEYS_DATABASE_IS_THE_MAIN_ONE", field: "TALLY_KEYS_DATABASE_URL",
            "TALLY_KEYS_DATABASE_URL and TALLY_DATABASE_URL name the same database, or are "
                + "exchanged. The keys stand in a database of their own, so that no backup of "
                + "the main one has them.")
    }

    static var ofAnother: ServiceError {
        ServiceError(
            .failedPrecondition, "KEYS_DATABASE_OF_ANOTHER_INSTALLATION",
            field: "TALLY_KEYS_DATABASE_URL",
            "The database of data keys belongs to another installation than the main one. Correct "
                + "TALLY_KEYS_DATABASE_URL or TALLY_DATABASE_URL.")
    }

    private static var lost: ServiceError {
        ServiceError(
            .failedPrecondition, "KEYS_DATABASE_LOST", field: "TALLY_KEYS_DATABASE_URL",
            "The main database has sealed texts, and this database of data keys has no key of "
                + "them. Correct TALLY_KEYS_DATABASE_URL, or restore the keys from their backup.")
    }
}
