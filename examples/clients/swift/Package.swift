// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "Client",
    platforms: [.macOS(.v12)],
    dependencies: [.package(path: "client")],
    targets: [.executableTarget(name: "Client", dependencies: [.product(name: "Jsms", package: "client")])],
    swiftLanguageModes: [.v5]
)
