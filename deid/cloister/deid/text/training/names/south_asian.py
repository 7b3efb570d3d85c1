"""Names usual in India, Pakistan, Bangladesh, Sri Lanka and Nepal."""

from __future__ import annotations

from cloister.deid.text.training.names.listed import listed

GIVEN_FEMALE = listed(
    """
    Priya, Anjali, Pooja, Neha, Sunita, Anita, Kavita, Rekha, Meena, Geeta, Lakshmi, Saraswati, Sita, Radha, Asha,
    Usha, Nisha, Ritu, Shweta, Swati, Deepika, Divya, Aishwarya, Ananya, Aditi, Ishita, Kiran, Manisha, Nandini,
    Padma, Parvati, Rani, Rashmi, Revathi, Rukmini, Sangeeta, Shalini, Shanti, Smita, Sneha, Sushma, Vandana,
    Vasantha, Vidya, Harpreet, Manpreet, Gurpreet, Jaspreet, Simran, Amrita, Ayesha, Bushra, Farzana, Fauzia,
    Nasreen, Rubina, Saima, Sadia, Shabnam, Tahira, Uzma, Zainab, Rahela, Nusrat, Shamima, Sharmin, Taslima, Kumari,
    Nilmini, Dilrukshi, Chamari, Thilini, Sarmila, Bimala, Sabita, Meenakshi, Thenmozhi, Kamala, Janaki
    """
)

GIVEN_MALE = listed(
    """
    Rahul, Amit, Rajesh, Sanjay, Vijay, Suresh, Ramesh, Mahesh, Dinesh, Ganesh, Anil, Sunil, Ajay, Vinod, Manoj,
    Pradeep, Prakash, Ravi, Raj, Arjun, Arun, Ashok, Deepak, Gopal, Hari, Karthik, Krishna, Kumar, Mohan, Mukesh,
    Nikhil, Nitin, Pankaj, Rakesh, Rohit, Sachin, Sandeep, Satish, Shiva, Srinivas, Subramanian, Venkatesh, Vikram,
    Vishal, Vivek, Gurdeep, Harjit, Balwinder, Jaswinder, Kuldeep, Imran, Asif, Bilal, Faisal, Irfan, Kamran,
    Naveed, Nadeem, Rizwan, Shahid, Tariq, Usman, Waqar, Zahid, Rafiqul, Shafiqul, Abdur Rahim, Mizanur, Nuwan,
    Chaminda, Lasantha, Mahinda, Prasanna, Bishnu, Dipendra, Prabin, Thirumalai, Muthu, Senthil
    """
)

FAMILY = listed(
    """
    Sharma, Patel, Singh, Kumar, Gupta, Verma, Shah, Mehta, Joshi, Desai, Trivedi, Pandey, Mishra, Tiwari, Dubey,
    Shukla, Chaturvedi, Agarwal, Aggarwal, Bansal, Goel, Jain, Kapoor, Khanna, Malhotra, Chopra, Sethi, Bhatia,
    Arora, Ahuja, Sinha, Das, Dutta, Banerjee, Mukherjee, Chatterjee, Ghosh, Bose, Sen, Roy, Chakraborty,
    Bhattacharya, Iyer, Iyengar, Nair, Menon, Pillai, Rao, Reddy, Naidu, Krishnan, Krishnamurthy, Venkataraman,
    Subramaniam, Raghunathan, Ramanathan, Gopalakrishnan, Natarajan, Murugan, Hegde, Shetty, Kulkarni, Deshpande,
    Patil, Jadhav, Gaikwad, Pawar, Chavan, Sandhu, Gill, Dhillon, Sidhu, Grewal, Bajwa, Khan, Malik, Qureshi,
    Siddiqui, Chaudhry, Butt, Mirza, Hashmi, Bukhari, Akhtar, Baig, Rahman, Hossain, Islam, Uddin, Chowdhury, Begum,
    Khatun, Perera, Fernando, de Silva, Jayawardena, Wickramasinghe, Bandaranaike, Gunasekara, Rajapaksa, Thapa,
    Gurung, Shrestha, Adhikari, Bhandari, Poudel, Tamang
    """
)

NATIVE_SCRIPT = listed(
    """
    राजेश शर्मा, प्रिया पटेल, अनीता गुप्ता, सुनील वर्मा, लक्ष्मी नायर, محمد عمران خان, রহিমা খাতুন, শফিকুল ইসলাম,
    முருகன் சுப்பிரமணியம், లక్ష్మీ రెడ్డి
    """
)
"""Whole names in their own script and order."""

PARTICLES = listed("bin, Kaur, Singh, Devi, Bai, ur")

FAMILY_FIRST = False
