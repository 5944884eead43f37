import Foundation
import TallyClient
import Testing
import Wire

/// A streaming call of `TallyClient`, whose interface is a scope, taken step by step.
final class SwiftStream: PeerStream {
    private enum Step: Sendable {
        case send(String, CheckedContinuation<Void, any Error>)
        case halfClose
        case next(CheckedContinuation<PeerOutcome, Never>)
    }

    private let steps: AsyncStream<Step>.Continuation
    private let task: Task<Void, Never>

    init(client: Client, call: PeerCall) {
        let (stream, continuation) = AsyncStream.makeStream(of: Step.self)
        steps = continuation
        task = Task { await Self.run(client, call, stream) }
    }

    deinit {
        steps.finish()
    }

    func send(_ text: String) async throws {
        try await withCheckedThrowingContinuation { _ = steps.yield(.send(text, $0)) }
    }

    func halfClose() async throws {
        steps.yield(.halfClose)
    }

    func next() async throws -> PeerOutcome {
        await withCheckedContinuation { _ = steps.yield(.next($0)) }
    }

    func cancel() async throws {
        task.cancel()
    }

    // MARK: The scope

    private static func run(_ client: Client, _ call: PeerCall, _ steps: AsyncStream<Step>) async {
        var end = PeerOutcome()
        do {
            switch call.method {
            case Rows.name: try await rows(client, call, steps)
            case Gather.name: try await gather(client, call, steps)
            case Converse.name: try await converse(client, call, steps)
            default: Issue.record("\(call.method) does not stream.")
            }
        } catch let error as TallyError {
            end = PeerOutcome(error)
        } catch {
            Issue.record(error)
        }
        for await step in steps {
            switch step {
            case .send(_, let sent): sent.resume()
            case .halfClose: break
            case .next(let answered): answered.resume(returning: end)
            }
        }
    }

    private static func rows(
        _ client: Client, _ call: PeerCall, _ steps: AsyncStream<Step>
    ) async throws {
        let request = try call.request.withUnsafeBytes { try TextMessage(serialized: $0) }
        try await client.serverStreaming(Rows.self, request, options: CallOptions(call)) { rows in
            var iterator = rows.makeAsyncIterator()
            try await walk(steps, writer: nil) { try await iterator.next() }
        }
    }

    private static func converse(
        _ client: Client, _ call: PeerCall, _ steps: AsyncStream<Step>
    ) async throws {
        let options = CallOptions(call)
        try await client.bidirectionalStreaming(Converse.self, options: options) {
            writer, answers in
            var iterator = answers.makeAsyncIterator()
            try await walk(steps, writer: writer) { try await iterator.next() }
        }
    }

    /// The answer comes when the scope ends, which the first `next` brings about.
    private static func gather(
        _ client: Client, _ call: PeerCall, _ steps: AsyncStream<Step>
    ) async throws {
        var answered: CheckedContinuation<PeerOutcome, Never>?
        do {
            let answer = try await client.clientStreaming(
                Gather.self, options: CallOptions(call)
            ) { writer in
                for await step in steps {
                    switch step {
                    case .send(let text, let sent): await send(text, to: writer, sent)
                    case .halfClose: writer.finish()
                    case .next(let continuation):
                        answered = continuation
                        return
                    }
                }
            }
            answered?.resume(returning: PeerOutcome(messages: [Data(answer.serialized())]))
        } catch {
            answered?.resume(
                returning: (error as? TallyError).map { PeerOutcome($0) } ?? .init(code: -1))
            throw error
        }
    }

    /// Takes steps up to the end of the responses.
    private static func walk(
        _ steps: AsyncStream<Step>, writer: RequestWriter<TextMessage>?,
        next: () async throws -> TextMessage?
    ) async throws {
        for await step in steps {
            switch step {
            case .send(let text, let sent): await send(text, to: writer, sent)
            case .halfClose: writer?.finish()
            case .next(let answered):
                do {
                    let message = try await next()
                    answered.resume(
                        returning: PeerOutcome(
                            messages: message.map { [Data($0.serialized())] } ?? []))
                    if message == nil { return }
                } catch let error as TallyError {
                    answered.resume(returning: PeerOutcome(error))
                    throw error
                }
            }
        }
    }

    private static func send(
        _ text: String, to writer: RequestWriter<TextMessage>?,
        _ sent: CheckedContinuation<Void, any Error>
    ) async {
        do {
            try await writer?.send(TextMessage(text))
            sent.resume()
        } catch {
            sent.resume(throwing: error)
        }
    }
}
