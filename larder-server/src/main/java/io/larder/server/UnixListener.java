package io.larder.server;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A unix socket that listens. Its file is made in a folder that nobody else may enter, gets its rights there, and only then its
 * place: so nobody connects who may not, and the file of a dead server is replaced in one step.
 */
final class UnixListener implements AutoCloseable {
    private static final int PATH_BYTES_MAX = 107; // of a kernel's sockaddr_un, without the last zero
    private static final int FOLDERS_MAX = 36;
    private static final int FILE_KIND = 0170000; // of a file's mode, see inode(7)
    private static final int KIND_SOCKET = 0140000;

    private final ServerSocketChannel socket;
    private final Path path;
    private final @Nullable Object fileKey;

    private UnixListener(ServerSocketChannel socket, Path path, @Nullable Object fileKey) {
        this.socket = socket;
        this.path = path;
        this.fileKey = fileKey;
    }

    /** @throws LarderException if another server listens there, or the file cannot be made */
    static UnixListener bind(UnixSocket wanted, int backlog) {
        Path path = wanted.path();
        String name = Printable.of(path.toString());
        int bytes = path.toString().getBytes(Charset.defaultCharset()).length;
        if (bytes > PATH_BYTES_MAX) {
            throw new LarderException(
                    "%s is a path of %d bytes, and a unix socket may have %d; give a shorter one with -s"
                            .formatted(name, bytes, PATH_BYTES_MAX));
        }
        try {
            refuseTaken(path, name);
            ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                bindHidden(socket, path, wanted.mode(), backlog);
                return new UnixListener(socket, path, attributes(path).fileKey());
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException e) {
            String why = e instanceof IOException io ? FileProblem.of(io) : "this system has no unix sockets";
            throw new LarderException(
                    "cannot listen on %s: %s; give a path in a folder you may write to with -s".formatted(name, why),
                    e);
        }
    }

    ServerSocketChannel socket() {
        return socket;
    }

    private static void refuseTaken(Path path, String name) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path)) {
            throw new LarderException("%s is there and is no socket; give another path with -s".formatted(name));
        }
        if (isServed(path)) {
            throw new LarderException(
                    "another server listens on %s; stop it, or choose another path with -s".formatted(name));
        }
    }

    /** Pipes and devices are no files either, but must never be replaced. */
    private static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & FILE_KIND) == KIND_SOCKET;
    }

    private static boolean isServed(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (ConnectException e) {
            return false; // nobody listens: a dead server left it behind
        } catch (IOException e) {
            return Files.exists(path, LinkOption.NOFOLLOW_LINKS); // it may be another's, who does not let us in
        }
    }

    private static void bindHidden(ServerSocketChannel socket, Path path, int mode, int backlog) throws IOException {
        Path folder = hiddenFolder(path.resolveSibling(".l"));
        Path hidden = folder.resolve("s");
        try {
            socket.bind(UnixDomainSocketAddress.of(hidden), backlog);
            Files.setPosixFilePermissions(hidden, permissions(mode));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(hidden);
            Files.deleteIfExists(folder);
        }
    }

    /** Named shorter than {@link Files#createTempDirectory} would: paths of sockets may have no more than some 100 bytes. */
    private static Path hiddenFolder(Path beginning) throws IOException {
        IOException taken = null;
        for (int i = 0; i < FOLDERS_MAX; i++) {
            Path folder = beginning.resolveSibling(beginning.getFileName() + Integer.toString(i, Character.MAX_RADIX));
            try {
                return Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                taken = e; // another server starts in this folder as well, or was killed while it did
            }
        }
        throw new IOException(
                "folders %s0 and up to %d more are in the way".formatted(beginning, FOLDERS_MAX - 1), taken);
    }

    /** The nine bits of a mode; the enum's constants stand in their order, the owner's reading first. */
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        int bit = 0400;
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & bit) != 0) {
                permissions.add(permission);
            }
            bit >>= 1;
        }
        return permissions;
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /** Stops listening and takes the file away, unless it is another server's by now. */
    @Override
    public void close() throws IOException {
        boolean wasOpen = socket.isOpen();
        socket.close();
        if (wasOpen
                && fileKey != null
                && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && fileKey.equals(attributes(path).fileKey())) {
            Files.delete(path);
        }
    }
}
