@main
struct CLIMain {
    static func main() {}
}
