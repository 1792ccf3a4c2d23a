/// Letter frequencies for telling encodings apart, one row a language.
///
/// Counted by us on the Universal Declaration of Human Rights (the United Nations' text, free to use):
/// letters in lower case from the most to the least frequent, and beside each its cost, the character
/// `0` plus -2 log2 of its share among the letters.
enum LetterFrequencies {
  struct Language: Sendable {
    let code: String
    let letters: String
    let costs: String
  }

  static let languages: [Language] = [
    Language(
      code: "en",
      letters: "etnoairshldcfumygpbvwkqjxz",
      costs: "67777788999:;;;;;<==>BBBEF"),
    Language(
      code: "fr",
      letters: "etinsaroludcépmvgqfbàhxêyjèùâôçëïîûœæÿkw",
      costs: "67777888899::;;=>>>>??@ABDDFHHGGGGGGGGGG"),
    Language(
      code: "es",
      letters: "eaoinsrdlctupmbyhógvfíqájzúéxñükw",
      costs: "66778888889:;;===>>>>??@ABCDEGGGG"),
    Language(
      code: "pt",
      letters: "eaoisrdtnumclpgvçãbqhfíáxéàzjõêºóúâôükwy",
      costs: "66777888999::;====>>>>@@AAAABBBCCDEIGGGG"),
    Language(
      code: "de",
      letters: "enritdashulgcfombkzwväüpjößyéxq",
      costs: "567788999999:;<<<===>??@@@AIGGG"),
    Language(
      code: "it",
      letters: "ieaontrldsucpmgzvbhfàqèùéòìîjkwxy",
      costs: "6677888899::;<<<<>>>?AEGGGGGGGGGG"),
    Language(
      code: "nl",
      letters: "eniartdoglhvskjmcbzpwfuëïéèöüqxy",
      costs: "56888889:::::;<<<<<<<=>GGGGGGGGG"),
    Language(
      code: "sv",
      letters: "aternlisdgoäkmhvföucåpbyjéqwzx",
      costs: "777778889::::::;;<<<==>??GGGGG"),
    Language(
      code: "da",
      letters: "erntlidasgofkhmvubæpåøyjcéqwzx",
      costs: "57788888899:::;;===>>??@BGGGGG"),
    Language(
      code: "no",
      letters: "ertnlisaogkdmhvfåupbjøyæéòqwzx",
      costs: "5777888899:::;;;====???AGGGGGG"),
    Language(
      code: "fi",
      letters: "aitensklouämjvhyrpdögåbcfqwxzšž",
      costs: "66777788999;;;<<<<=@EGGGGGGGGGG"),
    Language(
      code: "is",
      letters: "arniesltgumðfkvohþdjáíéóöybæpúýzcwq",
      costs: "777788899999::;;<<<<<====>>>?ABDGGG"),
    Language(
      code: "ca",
      letters: "eaitslnrocdupmvgbóqféhàèíjxúçòyzïü·kw",
      costs: "66777888999:;;===>>>???AAABBCDEFGGGGG"),
    Language(
      code: "pl",
      letters: "aoienwzrcysdpktujlmłbgżhąóśęćńźqvx",
      costs: "7778888999:::::;;;;<<<==>>>>@AFGGG"),
    Language(
      code: "cs",
      letters: "oneavtsáidrlkpmíubzhcjyéěýžčřšůúťgňfďóqwxö",
      costs: "778899999::::::::;;;;;<<<<==>>?AEFFHHGGGGG"),
    Language(
      code: "sk",
      letters: "oaneivrstkdálmpubhzcjýyžčéúťšíľôňgďfäĺóŕqwx",
      costs: "678899999:::::::;;;;;<<=====>??BEFGGGGGGGGG"),
    Language(
      code: "hu",
      letters: "eastnlkziémgoáryvbdjhőöcüófpíuűúqwx",
      costs: "678888999999:::;;;;<=>>??????@CDGGG"),
    Language(
      code: "ro",
      letters: "eiartnluocspădmvbîfțţgșşâzjxhkqwy",
      costs: "6677888999::::;====>>>????BCCGGGG"),
    Language(
      code: "sl",
      letters: "oaienvrsdjtlkpmuzčbghžcšćđqwxy",
      costs: "7777788999::::;;;<<=====GGGGGG"),
    Language(
      code: "hr",
      letters: "aoinejvrustdlmkpbzčgšžćchđqwxy",
      costs: "67788999999:::::;<==>>???AGGGG"),
    Language(
      code: "sq",
      letters: "etëirnashjdmokuplvgbfqzycçxw",
      costs: "77778889999::::;;<<<>>?@@BFG"),
    Language(
      code: "et",
      letters: "aeistlunkdmorvgõjhpbäüöfšžcqwxyz",
      costs: "6667888999::::;;<<=>>>AGGGGGGGGG"),
    Language(
      code: "lv",
      letters: "iasteunrīābvkpmoldzjcēšgņūļģķfžčhqwxy",
      costs: "6678889999::::::;;;<<===?AACDEEGGGGGG"),
    Language(
      code: "lt",
      letters: "iastreonkmuvlpgjdybėųąžšįęūcčzfhqwx",
      costs: "57788899999:;;;<<<<<===>>>?@BEFGGGG"),
    Language(
      code: "tr",
      letters: "eairlnkmıtdshyuvbşüozçgcğöfpİâîûjqwx",
      costs: "6678888999:::::;;<<==>>>>?@ADHGGGGGG"),
    Language(
      code: "mt",
      letters: "ialetundjħrmogksbzfpwhqxżġvàċ",
      costs: "67788889999::::;<<<===>>>>@@@"),
    Language(
      code: "eo",
      letters: "aoeinrjltksudpcmvgbĉŭfhĝzŝĵĥ",
      costs: "67778888999::;;<<==>>>???CEG"),
    Language(
      code: "cy",
      letters: "adyneilrhwogutfbcsmpâôêîûŵŷ",
      costs: "677788888999::;;;;;>BHGGGGG"),
    Language(
      code: "ga",
      letters: "aihnertcsodgluámíbfúéóp",
      costs: "577788899999::;;<<=>>>?"),
    Language(
      code: "ru",
      letters: "оеиантвсрлдпмкяубыьгчжйзхющцшэфъё",
      costs: "677788889::::;;;;<<<<<==>>>?ACDEG"),
    Language(
      code: "uk",
      letters: "оаніивтрседуплямкбзюгьжхчїцйєшщфґ",
      costs: "77788899999::::;;;;<<<====>>>@ADH"),
    Language(
      code: "bg",
      letters: "аоиенвтсрдклпбзчямъугжщцйхшюфь",
      costs: "6777788999::;;;;<<<<=>???@BCEG"),
    Language(
      code: "sr",
      letters: "аоиенврустдпкмлјбзчњгшцљжхђћџ",
      costs: "67788899999::::;;<<<==>>>?@AG"),
    Language(
      code: "mk",
      letters: "аоиентврсдлпкумјбзчгцшњжќѓхфѕљџ",
      costs: "6677888999:::;<<<<==>>??@AEFGGG"),
    Language(
      code: "be",
      letters: "аныірвеосдялкпцумтбзўгчьхжюйэшʼёф",
      costs: "57999999:::::::::;;;;<<<==>>>>BBD"),
    Language(
      code: "el",
      letters: "αιετονκρσηπςυίμδλθωέάήόγχώύξφβζψϊϋΐΰ",
      costs: "6788889999:::::;;;;<<<<==>>??@ADGGGG"),
    Language(
      code: "he",
      letters: "ויהלאתבשרכדמעחםנזפסןקגצטףךץ",
      costs: "6677889999::::::;<<===>>>?D"),
    Language(
      code: "ar",
      letters:
        "اليموتنةرعدقأحهفبسكجإشخضصىذزطءغ\u{064B}ئظثآؤ\u{0651}\u{064C}\u{064D}\u{064E}\u{064F}\u{0650}\u{0652}",
      costs: "568889999:::::;;;;<<=>>>>>??@@@ABBBDFGGGGGGG"),
    Language(
      code: "fa",
      letters: "ادیرموهنتبکقسشلعحزجخآفگ\u{0654}صضطئچذپظأ\u{064B}ثغژءؤ",
      costs: "6777888899:;;;;;;<===>>??@@@AAABCCDDFGG"),
    Language(
      code: "th",
      letters: "ารนกอ\u{0E48}มิงทะัด\u{0E49}สลเคยีวตแหจปบใ\u{0E38}ขชธืไพ็ำศโ\u{0E39}ถภึษ์ญผๆฏฐณซฎฒ",
      costs: "88999999:::::::;;;;;;;;<<<<<======>>>>????@@@@@AABBCDE"),
    Language(
      code: "vi",
      letters: "nhaic\u{0323}\u{0300}\u{0301}tugưêođôơ\u{0309}vymâpbql\u{0303}krdăsxe",
      costs: "78888899999:::;;;;;<<<=====>>>?@@B"),
  ]

  /// Frequent characters of simplified Chinese.
  static let simplifiedHan = """
    的人和权有。、国利由条自任不受第或在何享他一以会得十为行家并本对所社教应于平其法保合生等二\
    种这而个进言护各作宣育律尊基发使同性宗时意公鉴及正普通民要重活分实现制加刑定婚庭成无视免政\
    治促联中遍此领土罪工界序认是义已展论信予被必格业解力过际下切籍产属限情方开务包括能选世类员\
    严承些心迫间女充期经身别者地之独立主况三奴隶歧害当事需证依适集表参障文暴了良仰愿们男大改因\
    努每到理载族出财非全四均五六前七违动八九确判控住干涉求旨只单项团择投票失维福术学秩与础侮布\
    高反友关系宪念步水誓遵共准机构施管效上赋精神相待资见区形式禁残忍道罚遭侵放完审获犯用誉名攻\
    击内寻真背原则剥夺变面结才思想体张持接息志举据化照组织职件酬益休给物母儿童都初级质目科固移\
    乃蔑野蛮玷污恐惧匮乏来临最望致铤走险压叛好章申价值决较善具很标常铭诲渐措辖兄弟肤色语且位该\
    托处命安役度买卖止酷辱遇煽补救逮捕拘逐偏倚讯提指凡告未辩规私宅荣境迁徙居离返回庇我着里说就\
    去子也那看天小么起你把还多没又可样年老从头它后然像两她什边己山候向长几声手知眼点战问但吃做\
    叫听革打呢敌光路总白话东席次亲如花口气写军吧运再果怎许快明飞外树部门往船新带队先却站代更您\
    风跟笑啊孩万少直夜比阶连车便斗马哪太似士石满日百拿群究河村难早吗根让研今书坐觉记将千找争师\
    块跑谁草越字脚紧爱习阵怕月青半火题建赶唱海感屋脸片倒睛刚送星导晚够整响雪流场底深刻伟忙近亮\
    轻讲农古黑拉呀清阳办史历转画造嘴北服雨穿识验传菜爬睡兴量咱观苦众冲破饭旁房极南枪读沙岁线坚\
    空收算至城劳落钱特围胜热歌强数乡呼音答哥旧座帮啦令跳牛取入岸敢掉忽装顶急林停句衣般报叶慢叔\
    细
    """

  /// Frequent characters of traditional Chinese.
  static let traditionalHan = """
    的人和權有。、國利由條受自第任不在或何享他以會一十得為行並本對家社教應於所平法保合生其等二\
    種這個進言而護各作宣尊育律基發使性宗時意公鑑及正普通民要重活同分實現加刑定婚庭成視免促聯中\
    遍此制罪工界序嚴認義無已展信予被必格解力過切籍產方開務包括能選世類員承是些心論願迫政治間女\
    充期經際身下三奴隸歧害當事需證依適情限集表屬參障文業暴了良仰們男大改努每到理載族別出財全四\
    均五六地前七違動八九獨立確判控住干涉求旨況只單項主團投票失維福術學秩與礎侮布高反友關係憲念\
    步水誓遵因共準機構施效上賦精神相待資見形式禁殘忍道罰之遭侵放完審者獲犯用譽名攻擊內尋真非背\
    原則剝奪變面結才思想體張持接息擇志舉據化照組織職件酬益休給物母兒童都初級質目科固移乃蔑野蠻\
    沾污恐懼匱乏來臨最望致鋌走險壓叛好章申價值痩較善具很標常銘誨漸措管轄領土兄弟膚色語區命安役\
    度買賣止酷辱遇煽補救逮捕拘逐偏倚訊提指凡告未辯規私宅榮境遷徙居離返回庇避訴援亦否還沒後樣麼\
    長聲電話東車門問書將說從點頭樂萬場總讓邊讀識請謝錢錄難題顯數處號議調誌貨費賽轉輕農運達遠遺\
    郵鄉醫鐵銀錯鍵鎮閱陳陸陽隊階隨雙雲響頁順須預頻風飛飯館馬驗魚鳥麥黃齊龍我里就去子也那看天小\
    么起你把多又可年老它后然像她什己山候向几于手知眼但吃做叫听革打呢光路白席次如花口儿气吧再果\
    怎快明外部往船新先站代机更您跟笑啊孩万少直夜比便斗哪太似士石日百拿群究河村早根研今坐千找跑\
    草越字怕月青半火建赶位唱海感准屋离片倒睛且送星晚整雪流并底深刻忙确近亮古黑拉呀清史造嘴北服\
    雨穿菜爬睡量咱苦体破旁房极南沙空收算至城落特胜歌呼音答哥座啦系令跳牛取入岸敢掉忽种急林停句\
    衣般慢叔
    """

  /// Frequent kanji.
  static let japaneseHan = """
    人権利及有自的国由条第又受保社会教対平等行護合己言法他基間際育公宣尊進並同生意地何者成為信\
    制要連民活力全治別罪障家認重完宗差享事定目選労働界厳一促上加通理域立限場当婚姻思世文類正義\
    礎心手段反関発展本念共解各身下種政独刑所与務犯作用籍集表業和無良般訴男女確準盟普個動見出財\
    産位掲非問奴隷罰律害内裁判追開必実時不族庭干渉求原否団単含現報挙組格能術科学構員承欠最高迫\
    配肝諸友好係憲歩水決協遍達誓約置管轄努布性互精神属統主服禁道済放従私攻撃境住則奪変更年中想\
    明結参期投票織応化職択失酬益休暇福祉持可子初秩序使前固譲視軽侮踏野蛮論仰恐怖乏到来願望専圧\
    後逆支章価値再層大向遵守総機常頭指導措授胞皮膚色語門託命体安苦役度売買形止拷残虐屈辱取扱違\
    侵効果救逮捕拘責任審弁証推適課名誉移転居去帰避難因採消両然礼拝儀式越情
    """

  /// Frequent syllables of Korean.
  static let hangul = """
    의한에하다가이권는리를자사을적제은인유모든진로여국람과어조정으서또동고대신보기도와지받위며\
    아그선부공회할수교니등있되법전구간호나된거및노성행누통우종계언존없합장러떠무경생해상육느원\
    포들치야연비예게평결단일요관력형차별실라당것화초시격록필발증재활중완주죄함른질표문엄만명반\
    준개민체따목배혼세류양였터강본념학내식태타산규독근될소현직업천심래항녀속약영토피견족출향립\
    안매벌추히변범작운섭박롭집참접능택술분키핍릴망폭면헌남협편스각효날때애역금앞률방판입용난칙\
    탈떤담불건익휴복물멸론앙열왔억압마막란않려확넓짐므총습점취았색같더탁냐놓잔혹굴욕처디침혐까\
    었던돌올룰뿐얻달임밀투절런충급료녕병령황머특린최촉혜창덕응파괴석오말저년바했겠네죠너좋
    """
}
