import ArgumentParser
import Foundation

/// The program `tally`: exit status 0 for success, 1 for failure, 2 for arguments that make no
/// sense.
@main
struct CLIMain {
    static func main() async {
        do {
            var command = try TallyCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(report(error))
        }
    }

    /// Tells what happened and gives the exit status.
    private static func report(_ error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        if let failure = Failure(error) {
            StandardError.write(failure.text)
            return 1
        }
        // What is left is ArgumentParser's: help, or arguments that make no sense.
        let message = TallyCommand.fullMessage(for: error)
        guard TallyCommand.exitCode(for: error) == .success else {
            StandardError.write(message)
            return 2
        }
        StandardOutput.write(message)
        return 0
    }
}
