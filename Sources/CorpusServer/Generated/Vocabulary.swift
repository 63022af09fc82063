// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A word with the letters it is made of, known before any text is.
struct Word: Sendable {
    let bytes: [UInt8]
    let letters: [UInt64]

    init(_ text: String) {
        bytes = Array(text.utf8)
        var letters = [UInt64](repeating: 0, count: 26)
        for scalar in text.unicodeScalars where ("a"..."z").contains(scalar) { letters[Int(scalar.value) - 97] += 1 }
        self.letters = letters
    }
}

/// The words of generated texts, the frequent ones first. All are in small letters; a capital is made while writing.
enum Vocabulary {
    static let words = text.split { $0 == " " || $0 == "\n" }.map { Word(String($0)) }

    /// The position of the word that stands at the foot of every page.
    static let page = words.firstIndex { $0.bytes.elementsEqual("page".utf8) } ?? 0

    private static let text = """
        the of and to in is that it for as with on be by this are from or an at which a not have was will one all may
        each when there its if can has but they were their other into no only these such any must then some more than
        them been would time two first should number between use used after same where most through host network
        message data protocol address system name user server packet gateway file field value request response page
        length type code set line text octet header domain error local remote process port connection state sent
        receive received service example following section document standard format control information internet
        implementation specification memo public however therefore because without before within during both either
        neither every several many few little much own well even still also just about over under again further once
        here how why what who whom whose let make made take taken give given find found know known think see seen
        come came go gone good new old great small large long short high low early late next last left right half
        full open close begin end start stop read write call answer question reason result change point place part
        whole side order case form kind way work word world house water earth light night morning evening winter
        summer river mountain forest garden window table paper letter book story music voice people children woman
        man friend teacher captain doctor king queen ship horse bird fish tree flower stone iron silver gold quick
        brown fox jumps lazy dog don't can't isn't won't it's hertz jazz quiz zero zone size prize freeze maximum
        exact expert extra complex index suffix mixture object subject project major adjacent join journey quality
        quantity require equal frequency sequence unique technique acknowledge knowledge vacuum vector wave weave
        """
}
