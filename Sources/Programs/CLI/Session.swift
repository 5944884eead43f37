import API
import Core
import Domain
import TallyClient
import Wire

/// One command's dealings with the server.
struct Session {
    let client: Client
    let clock: WallClock
    private let changes: ChangeKeys

    init(client: Client, settings: ConnectionSettings) {
        self.client = client
        clock = settings.clock
        changes = ChangeKeys(given: settings.idempotencyKey)
    }

    /// Runs a command with a connection that is closed behind it.
    static func run<Result>(_ body: (Session) async throws -> Result) async throws -> Result {
        let settings = try ConnectionSettings.load()
        let client = Client(configuration: settings.configuration)
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body(Session(client: client, settings: settings)))
        } catch {
            outcome = .failure(error)
        }
        await client.close()
        return try outcome.get()
    }

    /// A call that changes nothing, or that may be repeated without harm.
    func read<Method: RPCMethod>(
        _ method: Method.Type, _ request: Method.Request
    ) async throws -> Method.Response {
        try await client.call(method, request, options: CallOptions(isIdempotent: true))
    }

    /// A unary call that changes something; under a key where repeating it is not safe by itself.
    func write<Method: RPCMethod>(
        _ method: Method.Type, _ request: Method.Request
    ) async throws -> Method.Response {
        guard Method.idempotency == .unknown else { return try await client.call(method, request) }
        return try await changes.change { try await client.call(method, request, options: $0) }
    }

    /// A unary call that changes something, and asks somebody else before: without a key, under which the server
    /// would hold a transaction meanwhile. For changes that harm nothing when they are made twice, or are
    /// refused then.
    func writeAfterAsking<Method: RPCMethod>(
        _ method: Method.Type, _ request: Method.Request
    ) async throws -> Method.Response {
        try await client.call(method, request)
    }

    /// A unary call of a method that the server describes, with a serialized request.
    func callRaw(_ method: MethodDescriptor, _ bytes: [UInt8]) async throws -> [UInt8] {
        guard method.idempotency == .unknown else {
            return try await client.callRaw(
                method: method.fullName, bytes: bytes, options: CallOptions(isIdempotent: true))
        }
        return try await changes.change {
            try await client.callRaw(method: method.fullName, bytes: bytes, options: $0)
        }
    }

    /// All pages of a list. A server that never ends is stopped after 10,000 pages.
    func pages<Method: RPCMethod, Item>(
        _ method: Method.Type, _ request: (String) -> Method.Request,
        items: (Method.Response) -> ([Item], String)
    ) async throws -> [Item] {
        var all: [Item] = []
        var token = ""
        for _ in 0..<10_000 {
            let (page, next) = items(try await read(method, request(token)))
            all += page
            if next.isEmpty { return all }
            token = next
        }
        throw Failure("The list has more than 10,000 pages.")
    }

    /// Today in the organization's time zone.
    func today() async throws -> CivilDate {
        try await zone().day(containing: clock.now)
    }

    /// The organization's time zone.
    func zone() async throws -> OrganizationZone {
        let organization = try await read(
            TenantServiceMethods.GetOrganization.self, GetOrganizationRequest())
        return try OrganizationZone(organization.timeZone)
    }
}
