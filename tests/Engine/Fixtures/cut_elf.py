"""Makes a small stand-in of an ELF file for a recorded core: of the same length, with zeros for all that reading the stacks does not need.

    cut_elf.py FILE OUT ADDRESS...    addresses of code, as the file was linked, that are on the stacks

What is kept: headers, notes, dynamic symbols, and of .eh_frame the common entries and those of functions with one of the addresses; .eh_frame_hdr has only those (Linux Standard Base 5, Core, 10.6).
Of the code the 16 bytes before and the 4 bytes after each address: the call that it returns from. 64 bits, little-endian, eh_frame_hdr as linkers write it.
"""
import struct
import sys

KEPT = (".note.gnu.build-id", ".note.gnu.property", ".gnu.hash", ".dynsym", ".dynstr", ".gnu.version", ".shstrtab", ".dynamic", ".interp")

source, out, addresses = sys.argv[1], sys.argv[2], sorted(int(one, 16) for one in sys.argv[3:])
data = open(source, "rb").read()
cut = bytearray(len(data))


def keep(offset, size):
    cut[offset:offset + size] = data[offset:offset + size]


# Elf64_Ehdr: e_phoff, e_shoff at 32; e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx at 54.
phoff, shoff = struct.unpack_from("<QQ", data, 32)
phentsize, phnum, shentsize, shnum, shstrndx = struct.unpack_from("<HHHHH", data, 54)
keep(0, 64)
keep(phoff, phentsize * phnum)
keep(shoff, shentsize * shnum)
sections = {}
names = struct.unpack_from("<QQ", data, shoff + shentsize * shstrndx + 24)[0]
for i in range(shnum):
    name, kind, flags, address, offset, size = struct.unpack_from("<IIQQQQ", data, shoff + i * shentsize)
    text = data[names + name:data.index(b"\0", names + name)].decode()
    sections[text] = (address, offset, size)
    if text in KEPT:
        keep(offset, size)

for i in range(phnum):  # PT_LOAD, to go from addresses to bytes of the file
    kind, flags, offset, start, _, filesz = struct.unpack_from("<IIQQQQ", data, phoff + i * phentsize)
    if kind == 1:
        for one in addresses:
            if start <= one < start + filesz:
                keep(offset + one - start - 16, 20)

# .eh_frame_hdr: version, three encodings, pointer to .eh_frame, count, and (address, entry) relative to the section.
frames, frames_at, frames_size = sections[".eh_frame"]
table, table_at, table_size = sections[".eh_frame_hdr"]
assert data[table_at:table_at + 4] == b"\x01\x1b\x03\x3b", "another form of .eh_frame_hdr"
count = struct.unpack_from("<I", data, table_at + 8)[0]
rows = [struct.unpack_from("<ii", data, table_at + 12 + 8 * i) for i in range(count)]
used = []
for one in addresses:
    row = max((row for row in rows if table + row[0] <= one), key=lambda row: row[0])
    if row not in used:
        used.append(row)

for start, entry in used:
    at = table + entry - frames + frames_at
    length, back = struct.unpack_from("<II", data, at)
    keep(at, 4 + length)
    common = at + 4 - back
    keep(common, 4 + struct.unpack_from("<I", data, common)[0])

keep(table_at, 8)
struct.pack_into("<I", cut, table_at + 8, len(used))
for i, row in enumerate(sorted(used)):
    struct.pack_into("<ii", cut, table_at + 12 + 8 * i, *row)

open(out, "wb").write(cut)
