// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The descriptors 0, 1 and 2.
enum StandardDescriptors {
    /// Occupies those that whoever started us has closed; reading and writing them stay errors.
    ///
    /// Otherwise a file of ours would be opened as one of them, and get what is meant for a reader.
    static func occupy() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
