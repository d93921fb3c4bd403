package io.larder.weave;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Weaves the class files of a build: {@code java -jar larder-weave.jar target/classes}, between compiling and packaging.
 * Classes that are woven already stay as they are, so it may run again. The names of woven classes are listed in
 * {@value #LIST} beside them, where {@code larder.bindAll} finds them.
 */
public final class Main {
    private static final String LIST_DIRECTORY = "META-INF/larder";

    /** The list of woven classes, one name a line. */
    static final String LIST = LIST_DIRECTORY + "/woven";

    private static final String CLASS = ".class";

    private Main() {}

    /** Weaves the directories given; ends the JVM with status 1 after a line on the error stream if that fails. */
    public static void main(String[] directories) {
        if (directories.length == 0) {
            System.err.println("larder-weave: no directory; write java -jar larder-weave.jar target/classes");
            System.exit(1);
        }
        try {
            for (String directory : directories) {
                int count = weave(Path.of(directory));
                System.out.printf("larder-weave: %d classes woven in %s%n", count, directory);
            }
        } catch (IOException | UncheckedIOException | WeavingException e) {
            System.err.println("larder-weave: " + (e instanceof WeavingException ? e.getMessage() : e));
            System.exit(1);
        }
    }

    /** Weaves what is below the directory; all of it or, if one class cannot be woven, nothing. Answers how many were. */
    static int weave(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new WeavingException(
                    "%s is not a directory; give the one with the compiled classes, like target/classes"
                            .formatted(directory));
        }
        Weaver weaver = new Weaver();
        Map<Path, byte[]> woven = new LinkedHashMap<>();
        TreeSet<String> names = new TreeSet<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> file.toString().endsWith(CLASS)).sorted().toList();
        }
        for (Path file : files) {
            byte[] compiled = Files.readAllBytes(file);
            byte[] bytes = weaver.weave(compiled);
            if (bytes != null) {
                woven.put(file, bytes);
            }
            if (bytes != null || weaver.isWoven(compiled)) {
                String path = directory.relativize(file).toString().replace(File.separatorChar, '.');
                names.add(path.substring(0, path.length() - CLASS.length()));
            }
        }
        for (Map.Entry<Path, byte[]> one : woven.entrySet()) {
            Files.write(one.getKey(), one.getValue());
        }
        Path list = directory.resolve(LIST);
        if (names.isEmpty()) {
            Files.deleteIfExists(list);
        } else {
            Files.createDirectories(directory.resolve(LIST_DIRECTORY));
            Files.write(list, names, StandardCharsets.UTF_8);
        }
        return woven.size();
    }
}
