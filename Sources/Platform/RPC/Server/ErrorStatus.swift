import Core
package import Logging
package import Wire

/// The one place where what a call threw becomes the status that its peer sees.
package enum ErrorStatus {
    /// Longest text for people that goes out, in UTF-8 bytes; a status must fit any frame.
    static let textByteCountMax = 4 * 1024

    /// The `Close` for `error`. What the peer may not see is logged under an incident id, and the
    /// peer is given the id.
    package static func close(for error: any Error, logger: Logger) -> Close {
        let error = serviceError(for: error, logger: logger)
        let message = shortened(error.message)
        return Close(
            status: Status(
                code: error.code.rawValue, message: message,
                details: [
                    ErrorDetail(
                        reason: error.reason.rawValue, field: shortened(error.field ?? ""),
                        description: message, retryAfterMs: milliseconds(error.retryAfter))
                ]))
    }

    private static func serviceError(for error: any Error, logger: Logger) -> ServiceError {
        switch error {
        case let error as ServiceError:
            switch error.code {
            case .internal, .unknown, .dataLoss, .ok:
                // "An internal fault is INTERNAL with an opaque incident id", whoever throws it.
                return incident(error, logger: logger)
            default:
                if let cause = error.cause {
                    logger.info(
                        "A call failed for a cause that its peer is not told.",
                        metadata: [
                            "error": "\(error)", "cause": "\(String(reflecting: cause))",
                            "source": "\(error.file):\(error.line)",
                        ])
                }
                return error
            }
        case WireError.malformed(let message):
            return ServiceError(
                .invalidArgument, "MALFORMED_MESSAGE",
                "The request is not a serialized \(message) within the decoder's limits.")
        case WireError.notUTF8(let message, let field):
            return ServiceError(
                .invalidArgument, "MALFORMED_MESSAGE", field: field,
                "The field \(field) of \(message) is not UTF-8.")
        case is CancellationError:
            return ServiceError(.cancelled, "CANCELLED", "The call was cancelled.")
        default:
            return incident(error, logger: logger)
        }
    }

    private static func incident(_ error: any Error, logger: Logger) -> ServiceError {
        let id = incidentID()
        var metadata: Logger.Metadata = [
            "incident": "\(id)", "error": "\(String(reflecting: error))",
        ]
        if let error = error as? ServiceError {
            metadata["text"] = "\(error.message)"
            metadata["source"] = "\(error.file):\(error.line)"
            metadata["cause"] = error.cause.map { "\(String(reflecting: $0))" }
        }
        logger.error("A call failed by a fault of the server.", metadata: metadata)
        return ServiceError(.internal, "INTERNAL", "incident \(id)")
    }

    /// 16 random hexadecimal digits: opaque, and unique enough to find one line in the logs.
    private static func incidentID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > textByteCountMax else { return text }
        var end = text.startIndex
        var byteCount = 0
        for character in text {
            byteCount += character.utf8.count
            guard byteCount <= textByteCountMax else { break }
            end = text.index(after: end)
        }
        return text[..<end] + "…"
    }

    private static func milliseconds(_ duration: Duration?) -> UInt32 {
        guard let duration, duration > .zero else { return 0 }
        let (seconds, attoseconds) = duration.components
        // Rounded up: a wait that is too short would be refused again.
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        guard seconds < Int64(UInt32.max) / 1000 else { return .max }
        return UInt32(clamping: seconds * 1000 + fraction)
    }
}
