import ConnectionService
import Core
import Domain
import Logging
import Providers
import ServiceRuntime

extension PullConnectionWorker {
    /// Asks the provider whose account a key is of that has just read it, and lets the connection's pulls be
    /// limited together with all others of the account. Nothing where the provider does not tell, does not
    /// answer, or it cannot be stored: the pull has succeeded all the same, and a later one asks again.
    func learnAccount(
        of pull: Pull, _ provider: ProviderName, _ secret: Secret<String>
    ) async {
        let version = UntoldAccounts.KeyVersion(
            connection: pull.key.connectionID, number: pull.connection.sealedKey.version)
        guard await untold.mayAsk(version, now: .now) else { return }
        do {
            let answer = try await registry.account(of: provider, key: secret) {
                try await slots.wait(pull.connection.limitKey, pause: pace.pagePause)
            }
            await untold.rest(version, for: UntoldAccounts.untoldRest, now: .now)
            guard case .told(let told) = answer else { return }
            let organization = pull.key.organizationID
            let keys = try await keys.keysToSeal(of: organization)
            let learn = try LearnAccount(
                organizationID: organization, connectionID: pull.key.connectionID,
                provider: pull.connection.provider,
                keyIndex: try KeyVault.index(of: secret, with: keys),
                account: ProviderAccount(id: told.id, name: told.name), keys: keys)
            // By the key alone: its account is what it is, whoever has the job by now.
            try await database.transaction(for: organization) { transaction in
                try await learn.store(in: transaction, now: clock.now)
            }
        } catch {
            await untold.rest(version, for: pace.blockedPause, now: .now)
            logger.notice(
                "account not learnt", metadata: PullLog.failure(pull.key, PullLog.safe(error)))
        }
    }
}
