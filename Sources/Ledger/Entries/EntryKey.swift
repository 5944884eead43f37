package import Core
import Domain
import Encryption
import Postgres

/// What an event, or a row of a report, is known again by: hashes of 128 bits, since 2^64 of them
/// would have to meet before two are expected to be the same.
struct EntryKey: Sendable, Hashable {
    /// Of the source and the id there; unique in an organization.
    let identity: PostgresUUID
    /// Of every field that was sent.
    let content: PostgresUUID
}

/// Makes keys. One for many: it keeps its memory.
package struct EntryHasher: ~Copyable {
    private var hasher: SHA256Hasher
    private var bytes: [UInt8] = []

    /// - Throws: `HASH_FAILED`.
    package init() throws(ServiceError) {
        do {
            hasher = try SHA256Hasher()
        } catch {
            throw Self.failed(error)
        }
        bytes.reserveCapacity(1024)
    }

    /// - Throws: `HASH_FAILED`; of an event with a user, where it is the first with its dimensions, what
    ///   keys throw that cannot be had.
    mutating func key(
        of event: LedgerEvent, under keys: any PersonalFieldKeys
    ) throws(ServiceError) -> EntryKey {
        // The mutant makes every key unique, so that nothing is ever recognized.
        let id =
            Mutant.skipDedupe.isActive ? "\(event.id)#\(UInt64.random(in: 0 ... .max))" : event.id
        let identity = try identity(source: event.source, id: id)
        bytes.removeAll(keepingCapacity: true)
        do {
            try event.appendContent(to: &bytes, by: &hasher, under: keys)
        } catch let error as ServiceError {
            throw error
        } catch {
            throw Self.failed(error)
        }
        return EntryKey(identity: identity, content: try hash())
    }

    /// What a call is known again by, whoever tells of it; the content is the source's.
    mutating func call(of event: LedgerEvent) throws(ServiceError) -> EntryKey? {
        guard !event.providerRequestID.isEmpty else { return nil }
        return EntryKey(
            identity: try identity(
                source: Self.callSourcePrefix + event.shared.set.provider,
                id: event.providerRequestID),
            content: try identity(source: event.source, id: ""))
    }

    /// No sender of events may use it: one namespace holds the keys of all.
    private static let callSourcePrefix = EntryWriter.reservedSourcePrefix + "call/"

    /// The contents that keys had before.
    mutating func earlierContents(of event: LedgerEvent) throws(ServiceError) -> [PostgresUUID] {
        bytes.removeAll(keepingCapacity: true)
        do {
            try event.appendUnkeyedContent(to: &bytes, by: &hasher)
        } catch {
            throw Self.failed(error)
        }
        let unkeyed = try hash()
        bytes.removeAll(keepingCapacity: true)
        event.appendTextContent(to: &bytes)
        return [unkeyed, try hash()]
    }

    mutating func key(
        source: String, id: String, content: [UInt8]
    ) throws(ServiceError) -> EntryKey {
        let identity = try identity(source: source, id: id)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: content)
        return EntryKey(identity: identity, content: try hash())
    }

    /// The length keeps source and id apart, whatever they hold.
    mutating func identity(source: String, id: String) throws(ServiceError) -> PostgresUUID {
        bytes.removeAll(keepingCapacity: true)
        let textByteCount = source.utf8.count + id.utf8.count
        bytes.append(byteCountMax: ContentWriter.numberByteCountMax + 1 + textByteCount) { text in
            text.append(decimal: Int64(source.utf8.count))
            text.append(UInt8(ascii: ":"))
            text.append(source)
            text.append(id)
        }
        return try hash()
    }

    private mutating func hash() throws(ServiceError) -> PostgresUUID {
        do throws(EncryptionError) {
            let (high, low) = try hasher.finish128(bytes)
            return PostgresUUID(high: high, low: low)
        } catch {
            throw Self.failed(error)
        }
    }

    private static func failed(_ error: any Error) -> ServiceError {
        ServiceError(
            .internal, "HASH_FAILED", "The events' keys could not be made. Nothing was recorded.")
    }
}
