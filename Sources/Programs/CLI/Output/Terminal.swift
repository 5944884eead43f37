import Foundation

/// What is known of the terminal, if there is one.
enum Terminal {
    static var isStandardErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Columns that standard output has; 80 where nothing tells.
    static var columns: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 {
            return Int(size.ws_col)
        }
        return 80
    }
}
