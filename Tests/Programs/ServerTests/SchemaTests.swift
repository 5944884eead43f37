import API
import ServiceRuntime
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

@Suite struct SchemaTests {
    private var methodNames: [String] {
        get throws {
            try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
                .services.flatMap(\.methods).map(\.fullName)
        }
    }

    /// The router and the schema name the same methods, and each has its permissions: the server of
    /// the harness would not start otherwise, and answers each of them by something other than
    /// UNIMPLEMENTED.
    @Test(.section(.alwaysThere)) func everyMethodOfTheSchemaIsServedAndPermitted() async throws {
        let names = try methodNames
        #expect(!names.isEmpty)
        #expect(Set(names) == MethodPermissions.tally.methodNames)
        try await ServerHarness.with { harness in
            let client = harness.client(token: harness.operatorToken)
            for name in names {
                do {
                    _ = try await client.callRaw(method: name, bytes: [])
                } catch let error as TallyError {
                    #expect(error.code != .unimplemented, "\(name)")
                }
            }
            await client.close()
        }
    }

    @Test(.section(.alwaysThere)) func onlyHealthAndReflectionNeedNoToken() async throws {
        let names = try methodNames
        let open = names.filter(MethodPermissions.tally.isOpen)
        #expect(
            Set(open) == [HealthServiceMethods.Check.name, ReflectionServiceMethods.GetSchema.name])
        try await ServerHarness.with { harness in
            let client = harness.client(token: nil)
            for name in names where !open.contains(name) {
                do {
                    _ = try await client.callRaw(method: name, bytes: [])
                    Issue.record("\(name) was served without a token")
                } catch let error as TallyError {
                    #expect(error.reason == "TOKEN_MISSING", "\(name): \(error)")
                }
            }
            let health = try await client.call(HealthServiceMethods.Check.self, CheckRequest())
            #expect(health.status == .serving, "\(health.detail)")
            await client.close()
        }
    }

    /// Rule 13: the token is checked before the method.
    @Test(.rule(13)) func unknownMethodsAreUnimplementedForThoseWithAToken() async throws {
        try await ServerHarness.with { harness in
            for (token, code) in [
                (nil, TallyError.Code.unauthenticated), (harness.operatorToken, .unimplemented),
            ] {
                let client = harness.client(token: token)
                do {
                    _ = try await client.callRaw(method: "tally.v1.NoService/Nothing", bytes: [])
                    Issue.record("an unknown method was served")
                } catch let error as TallyError {
                    #expect(error.code == code)
                }
                await client.close()
            }
        }
    }
}
