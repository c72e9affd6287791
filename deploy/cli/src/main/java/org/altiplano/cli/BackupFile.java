package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A backup as a file: one line with its format and the SHA-256 of all that follows, then a zip archive. Owns nothing; the
 * command's thread. Nothing of a file is used before all of it has been checked.
 */
final class BackupFile {

    /** The entry that says what the backup is. */
    static final String MANIFEST = "manifest.json";
    static final String DATABASE = "database.jsonl.gz";

    private static final int FORMAT = 1;
    private static final String NAME = "altiplano-backup ";
    private static final Pattern HEAD = Pattern.compile(NAME + "([0-9]{1,9}) ([0-9a-f]{64})\n");
    private static final int HEAD_BYTES = NAME.length() + "1 ".length() + 64 + 1;

    private BackupFile() {
    }

    /** Writes a file that only its owner may read, whole or not at all. @param entries what is in it, by name */
    static void write(Path file, Map<String, Path> entries, JsonNode manifest) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            try (FileChannel channel = FileChannel.open(part,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.position(HEAD_BYTES);
                var zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
                zip.putNextEntry(new ZipEntry(MANIFEST));
                zip.write(Json.bytes(manifest));
                for (Map.Entry<String, Path> entry : entries.entrySet()) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    Files.copy(entry.getValue(), zip);
                }
                zip.finish();
                zip.flush();
                channel.write(ByteBuffer.wrap((NAME + FORMAT + " " + digest(part) + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
                channel.force(true);
            }
            // No REPLACE_EXISTING: an older backup is never lost to a newer one.
            Files.move(part, file);
        } catch (IOException failure) {
            // It holds secrets, and fills a disk that may be full.
            part.toFile().delete();
            throw new CommandFailure("Cannot write " + file + ": " + failure.getMessage(), failure);
        }
    }

    /** Unpacks a file whose every byte is right into an empty folder. @return its manifest */
    static JsonNode unpack(Path file, Path folder, Set<String> known) {
        try {
            check(file);
            try (var zip = new ZipInputStream(behindHead(file))) {
                for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                    if (!known.contains(entry.getName()) && !entry.getName().equals(MANIFEST)) {
                        throw new CommandFailure(file + " holds " + entry.getName() + ", which this version of Altiplano does not know.");
                    }
                    Path target = folder.resolve(entry.getName());
                    Files.createDirectories(target.getParent());
                    try (OutputStream out = Files.newOutputStream(target)) {
                        zip.transferTo(out);
                    }
                }
            }
            return Json.read(folder.resolve(MANIFEST));
        } catch (NoSuchFileException | FileNotFoundException missing) {
            throw new CommandFailure("There is no file " + file + ".", missing);
        } catch (IOException failure) {
            throw new CommandFailure("Cannot read " + file + ": " + failure.getMessage(), failure);
        }
    }

    private static void check(Path file) throws IOException {
        String first;
        try (InputStream in = Files.newInputStream(file)) {
            first = new String(in.readNBytes(HEAD_BYTES + 8), StandardCharsets.ISO_8859_1);
        }
        Matcher head = HEAD.matcher(first);
        if (!head.lookingAt()) {
            throw new CommandFailure(file + " is no backup of Altiplano, or damaged at its beginning.");
        }
        if (Integer.parseInt(head.group(1)) != FORMAT) {
            throw new CommandFailure(file + " was made by a newer version of Altiplano: restore it with that version.");
        }
        if (!digest(file).equals(head.group(2))) {
            throw new CommandFailure(file + " is damaged: its checksum is wrong.");
        }
    }

    private static String digest(Path file) throws IOException {
        try (var in = new DigestInputStream(behindHead(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static InputStream behindHead(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        in.skipNBytes(HEAD_BYTES);
        return in;
    }
}
