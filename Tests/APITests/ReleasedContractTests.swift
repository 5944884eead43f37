import API
import FoundationEssentials
import Testing
import Wire

/// Names and numbers are forever: what `proto/released.binpb` holds, the contract still has.
@Suite struct ReleasedContractTests {
    @Test func nothingReleasedIsBroken() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: project.appending(path: "proto/released.binpb"))
        let released = try DescriptorSet(serialized: [UInt8](data))
        let current = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
        #expect(!released.messages.isEmpty)
        #expect(ContractChange.breaking(from: released, to: current) == [])
    }

    @Test func everyKindOfBreakIsNoticed() throws {
        let current = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
        #expect(ContractChange.breaking(from: current, to: current) == [])
        let changes: [(String, (inout FileDescriptor) -> Void)] = [
            ("message", { $0.messages.removeFirst() }),
            ("field removed", { $0.messages[0].fields.removeLast() }),
            ("field renumbered", { $0.messages[0].fields[0].number = 99 }),
            ("field renamed", { $0.messages[0].fields[0].name = "other" }),
            ("field retyped", { $0.messages[0].fields[0].kind = .bytes }),
            ("field repeated", { $0.messages[0].fields[0].isRepeated.toggle() }),
            ("field into oneof", { $0.messages[0].fields[0].oneofIndex = 0 }),
            ("enum value renumbered", { $0.enums[0].values[1].number = 99 }),
            ("enum value removed", { $0.enums[0].values.removeLast() }),
            ("enum value renamed", { $0.enums[0].values[1].name = "OTHER" }),
            ("method removed", { $0.services[0].methods.removeLast() }),
            ("method retyped", { $0.services[0].methods[0].responseType = "tally.v1.Tag" }),
            ("method streaming", { $0.services[0].methods[0].isServerStreaming = true }),
            ("service removed", { $0.services.removeLast() }),
        ]
        let place = try #require(
            current.files.firstIndex { !$0.enums.isEmpty && !$0.services.isEmpty })
        for (name, change) in changes {
            var changed = current
            change(&changed.files[place])
            #expect(!ContractChange.breaking(from: current, to: changed).isEmpty, "\(name)")
        }
    }
}

/// What a contract says must be readable without asking us.
@Suite struct CommentedContractTests {
    @Test func everythingOfTheContractIsCommented() throws {
        let set = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
        var bare: [String] = []
        let check = { (name: String, comment: String) in
            if comment.isEmpty { bare.append(name) }
        }
        for service in set.services {
            check(service.fullName, service.comment)
            for method in service.methods { check(method.fullName, method.comment) }
        }
        for message in set.messages where message.fullName.hasPrefix("tally.") {
            // A request says in its method what it is for.
            if !message.name.hasSuffix("Request"), !message.name.hasSuffix("Response") {
                check(message.fullName, message.comment)
            }
            for field in message.fields {
                check("\(message.fullName).\(field.name)", field.comment)
            }
            for oneof in message.oneofs {
                check("\(message.fullName).\(oneof.name)", oneof.comment)
            }
        }
        for enumeration in set.enums {
            check(enumeration.fullName, enumeration.comment)
            for value in enumeration.values { check(value.name, value.comment) }
        }
        #expect(bare == [])
    }
}

/// What one contract lost against another.
enum ContractChange {
    static func breaking(from old: DescriptorSet, to new: DescriptorSet) -> [String] {
        messages(from: old, to: new) + enums(from: old, to: new) + methods(from: old, to: new)
    }

    private static func messages(from old: DescriptorSet, to new: DescriptorSet) -> [String] {
        let newMessages = Dictionary(
            new.messages.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
        return old.messages.flatMap { message -> [String] in
            guard let now = newMessages[message.fullName] else {
                return ["\(message.fullName) is gone"]
            }
            return message.fields.compactMap { field in
                let name = "\(message.fullName).\(field.name)"
                guard let same = now.fields.first(where: { $0.name == field.name }) else {
                    return "\(name) is gone"
                }
                let oneof = { (field: FieldDescriptor, message: MessageDescriptor) in
                    field.oneofIndex.map {
                        message.oneofs.indices.contains($0)
                            ? message.oneofs[$0].name : "?"
                    }
                }
                guard same.number == field.number, same.kind == field.kind,
                    same.isRepeated == field.isRepeated, same.typeName == field.typeName,
                    same.jsonName == field.jsonName, oneof(same, now) == oneof(field, message)
                else { return "\(name) is another field now" }
                return nil
            }
        }
    }

    private static func enums(from old: DescriptorSet, to new: DescriptorSet) -> [String] {
        let newEnums = Dictionary(
            new.enums.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
        return old.enums.flatMap { enumeration in
            enumeration.values.compactMap { value in
                let kept = newEnums[enumeration.fullName]?.values.contains {
                    $0.name == value.name && $0.number == value.number
                }
                return kept == true ? nil : "\(enumeration.fullName).\(value.name) is gone"
            }
        }
    }

    private static func methods(from old: DescriptorSet, to new: DescriptorSet) -> [String] {
        let methods = new.services.flatMap(\.methods)
        return old.services.flatMap(\.methods).compactMap { method in
            let kept = methods.contains {
                $0.fullName == method.fullName && $0.requestType == method.requestType
                    && $0.responseType == method.responseType && $0.kind == method.kind
            }
            return kept ? nil : "\(method.fullName) is gone"
        }
    }
}
