import Testing
import Wire

@testable import Generator

@Suite struct GeneratedModuleTests {
    private let module = GeneratedModule(
        access: "public", cModule: "CMessages", wireModule: "Wire", schemaName: "Schema")

    private func set(_ message: MessageDescriptor) throws -> DescriptorSet {
        var file = FileDescriptor()
        file.name = "shop/v1/order.proto"
        file.packageName = "shop.v1"
        file.messages = [message]
        var service = ServiceDescriptor()
        service.name = "OrderService"
        service.fullName = "shop.v1.OrderService"
        var method = MethodDescriptor()
        method.name = "Watch"
        method.fullName = "shop.v1.OrderService/Watch"
        method.comment = "Tells of orders."
        method.requestType = "shop.v1.Order"
        method.responseType = "shop.v1.Order"
        method.isServerStreaming = true
        service.methods = [method]
        file.services = [service]
        var set = try DescriptorSet(serialized: [])
        set.files = [file]
        return set
    }

    private func order(_ fields: [FieldDescriptor]) -> MessageDescriptor {
        var message = MessageDescriptor()
        message.name = "Order"
        message.fullName = "shop.v1.Order"
        message.comment = "An order.\n\nSecond paragraph."
        message.fields = fields
        return message
    }

    private func field(_ name: String, _ kind: FieldDescriptor.Kind) -> FieldDescriptor {
        var field = FieldDescriptor()
        field.name = name
        field.number = 1
        field.kind = kind
        return field
    }

    @Test func sameDescriptorsGiveTheSameTexts() throws {
        let set = try set(order([field("id", .string)]))
        #expect(try module.files(for: set) == module.files(for: set))
    }

    @Test func commentsAndMethodsAreCarriedOver() throws {
        let files = try module.files(for: set(order([field("customer_id", .string)])))
        let text = try #require(files["order.pb.swift"])
        #expect(text.contains("/// An order.\n///\n/// Second paragraph.\npublic struct Order"))
        #expect(text.contains("public var customerID: String = \"\""))
        #expect(text.contains("    /// Tells of orders.\n    public enum Watch: RPCMethod {"))
        #expect(text.contains("public static let kind = CallKind.serverStreaming"))
        #expect(files["Schema+Methods.pb.swift"]?.contains("shop.v1.OrderService/Watch") == true)
    }

    @Test func clientsHaveAFunctionForEachMethod() throws {
        let text = ClientSource(access: "public").text(for: try set(order([])))
        #expect(text.contains("    public var order: OrderServiceClient {"))
        #expect(text.contains("    public func watch<Result: Sendable>("))
        #expect(text.contains("OrderServiceMethods.Watch.self, request, options: options, body)"))
    }

    @Test func whatCannotBeCarriedIsRefusedByName() throws {
        var flags = field("flags", .bool)
        flags.isRepeated = true
        for field in [flags, field("old", .group)] {
            let error = #expect(throws: GeneratorError.self) {
                try module.files(for: set(order([field])))
            }
            #expect(error?.description.contains("shop.v1.Order.\(field.name)") == true)
        }
    }

    @Test func twoDeclarationsOfOneNameAreRefused() throws {
        var set = try set(order([]))
        set.files.append(set.files[0])
        #expect(throws: GeneratorError.self) { try module.files(for: set) }
    }

    @Test func longCommentsAreBrokenBetweenWords() {
        var source = SourceText()
        source.documentation(String(repeating: "word ", count: 60) + "end")
        #expect(source.lines.allSatisfy { $0.count <= 100 && $0.hasPrefix("/// word") })
        #expect(source.lines.count == 4)
    }

    @Test func arraysHoldEveryByte() {
        let source = DescriptorArray.source(of: (0...49).map { UInt8($0) })
        #expect(source.contains("    0, 1, 2,"))
        #expect(source.contains("    48, 49,\n};"))
    }
}
