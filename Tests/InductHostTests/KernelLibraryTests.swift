// SPDX-License-Identifier: Apache-2.0

import InductHost
import Testing

/// Opening the kernels.
@Suite struct KernelLibraryTests {
    @Test func namedVariantIsOpenedAndUsed() throws {
        let workshop = try Workshop()
        let kernels = try KernelLibrary(directory: workshop.directory + "/bin", variant: "reference")
        #expect(kernels.variant == "reference")
        var (x, y): ([Float], [Float]) = ([1, 2, 3], [10, 20, 30])
        kernels.add(count: 3, &x, to: &y)
        #expect(y == [11, 22, 33])
    }

    @Test func bestVariantRunsHereAndAgreesWithTheReference() throws {
        let best = try KernelLibrary(directory: Workshop.buildDirectory)
        let reference = try KernelLibrary(directory: Workshop.buildDirectory, variant: "reference")
        #expect(best.variant != "reference")
        var (a, b) = ([Float](repeating: 0, count: 1001), [Float](repeating: 1, count: 1001))
        best.uniforms(seed: 7, purpose: 3, index: 5, count: 1001, &a)
        reference.uniforms(seed: 7, purpose: 3, index: 5, count: 1001, &b)
        #expect(a == b)
    }

    @Test func unknownVariantIsAUsersErrorThatListsTheOthers() throws {
        let error = try #require(throws: HostError.self) {
            try KernelLibrary(directory: Workshop.buildDirectory, variant: "x86-64-v11")
        }
        #expect(error.exitCode == 64)
        #expect(error.description.contains("reference"))
    }

    @Test(arguments: [
        (["-DKERNELS_SIZE=sizeof(induct_kernels)-8"], "induct_kernels is truncated"),
        (["-DKERNELS_HOLE"], "of its induct_kernels is NULL"),
        (["-Dinduct_kernels_v1=another"], "does not export induct_kernels_v1"),
    ])
    func damagedLibraryIsRefused(_ flags: [String], _ reason: String) throws {
        let workshop = try Workshop()
        try workshop.compile("kernels.c", to: "damaged/libInductKernels.so", flags)
        let error = try #require(throws: HostError.self) {
            try KernelLibrary(directory: workshop.directory + "/damaged", variant: "reference")
        }
        #expect(error.exitCode == 74)
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test func missingLibraryIsNamed() throws {
        let error = try #require(throws: HostError.self) {
            try KernelLibrary(directory: "/nowhere", variant: "reference")
        }
        #expect(error.description.contains("/nowhere/libInductKernels.so"))
    }
}
